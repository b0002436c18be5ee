"""Files and functions stay short; when one grows past its budget the design is saying something."""

import ast
import re
from statistics import median, quantiles

LONGEST_FILE = 400
MEDIAN_FILE = 150
LONGEST_FUNCTION = 40
MEDIAN_FUNCTION = 8
NINTH_DECILE = 25
MOST_ARGUMENTS = 6
BANNED = re.compile(r"(^|/|_)(utils?|helpers?|managers?|common|misc)(_|/|\.py$)")


def functions(trees):
    for name, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name}:{node.lineno} {node.name}", node


def body_lines(node):
    has_docstring = ast.get_docstring(node) is not None and len(node.body) > 1
    body = node.body[1:] if has_docstring else node.body
    return body[-1].end_lineno - body[0].lineno + 1


def test_files_stay_short(sources):
    lines = {name: text.count("\n") for name, text in sources.items()}
    assert {name: count for name, count in lines.items() if count > LONGEST_FILE} == {}
    assert median(count for count in lines.values() if count > 0) <= MEDIAN_FILE


def test_functions_stay_short(trees):
    lengths = {where: body_lines(node) for where, node in functions(trees)}
    assert {where: n for where, n in lengths.items() if n > LONGEST_FUNCTION} == {}
    assert median(lengths.values()) <= MEDIAN_FUNCTION
    assert quantiles(lengths.values(), n=10)[8] <= NINTH_DECILE


def test_functions_take_few_arguments(trees):
    """Commands are left out: their options arrive as arguments."""
    found = {}
    for where, node in functions(trees):
        arguments = node.args
        names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
        count = len([name for name in names if name not in {"self", "cls"}])
        if count > MOST_ARGUMENTS and "/cli/" not in where:
            found[where] = count
    assert found == {}


def test_no_module_has_a_name_that_says_nothing(sources):
    assert [name for name in sources if BANNED.search(name)] == []


def test_every_package_says_that_it_is_typed(root):
    packages = ("retention_agent", "classifiers", "indexer", "policies")
    assert [name for name in packages if not (root / name / "py.typed").exists()] == []


def test_tests_write_fakes_and_never_mocks(root):
    banned = [f"mock.{word}" for word in ("patch", "Mock", "MagicMock")] + ["unittest import mock"]
    found = [
        str(path.relative_to(root))
        for path in sorted((root / "tests").rglob("*.py"))
        if any(word in path.read_text(encoding="utf-8") for word in banned)
    ]
    assert found == ["tests/architecture/test_budgets.py"]
