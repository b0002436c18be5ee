"""Only `disposal/destroy.py` removes or moves a file on a share; nothing else could."""

import ast

DESTROYER = "retention_agent/disposal/destroy.py"
STATE_FILES = "retention_agent/state_file.py"

# functions that remove, move, cut or overwrite, wherever they are called from
FATAL = {
    "remove", "removedirs", "rename", "renames", "replace", "rmdir", "rmtree", "truncate",
    "ftruncate", "unlink", "unlinkat", "move", "system", "popen", "copyfile", "copy2", "copytree",
}  # fmt: skip
# modules whose functions of those names do that
MODULES = {"os", "shutil", "posix"}
# methods of pathlib paths; `replace` with one argument is a path's, with two a string's
METHODS = {"unlink", "rmdir", "rename", "write_text", "write_bytes", "touch", "hardlink_to"}

# who may open a file for writing, and why
WRITERS = {
    STATE_FILES: "writes state files atomically",
    "retention_agent/audit/keys.py": "makes key files, exclusively",
    "retention_agent/audit/bundle.py": "writes a bundle into a new folder",
    "retention_agent/disposal/bag.py": "makes the files of a bag, exclusively",
    "retention_agent/disposal/sentinel.py": "makes the sentinel, exclusively",
    "retention_agent/discovery/copying.py": "copies files into a new export, exclusively",
}


def calls(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def is_fatal(call):
    function = call.func
    if not isinstance(function, ast.Attribute):
        return False
    if isinstance(function.value, ast.Name) and function.value.id in MODULES:
        return function.attr in FATAL
    if function.attr == "replace":
        owner = function.value
        of_dataclasses = isinstance(owner, ast.Name) and owner.id == "dataclasses"
        return len(call.args) == 1 and not call.keywords and not of_dataclasses
    return function.attr in METHODS


def flags_for_writing(call):
    text = ast.unparse(call)
    if text.startswith("os.open("):
        return any(flag in text for flag in ("O_WRONLY", "O_RDWR", "O_TRUNC", "_CREATE", "O_CREAT"))
    mode = [
        each.value
        for each in (*call.args, *(keyword.value for keyword in call.keywords))
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]
    opens = text.startswith("open(") or ".open(" in text.partition("(")[0] + "("
    return opens and any(set(each) <= set("rwxab+t") and set(each) & set("wxa+") for each in mode)


def test_only_two_modules_call_anything_that_removes_or_moves(trees):
    found = {
        f"{name}:{call.lineno} {ast.unparse(call.func)}"
        for name, tree in trees.items()
        if name not in {DESTROYER, STATE_FILES}
        for call in calls(tree)
        if is_fatal(call)
    }
    assert found == set()


def test_only_known_modules_open_anything_for_writing(trees):
    found = {
        name for name, tree in trees.items() for call in calls(tree) if flags_for_writing(call)
    }
    assert found <= set(WRITERS), found - set(WRITERS)


def test_the_check_sees_what_it_must_see():
    planted = (
        "os.unlink(x)", "shutil.rmtree(x)", "path.unlink()", "path.replace(other)",
        "os.rename(a, b)", "folder.rmdir()", "shutil.move(a, b)", "path.write_bytes(b'')",
    )  # fmt: skip
    assert all(is_fatal(ast.parse(text).body[0].value) for text in planted)
    harmless = ("text.replace('a', 'b')", "dataclasses.replace(x, y=1)", "self.index.remove(c, n)")
    assert not any(is_fatal(ast.parse(text).body[0].value) for text in harmless)
    assert flags_for_writing(ast.parse("path.open('wb')").body[0].value)
    assert flags_for_writing(ast.parse("os.open(p, os.O_WRONLY | os.O_CREAT)").body[0].value)
    assert not flags_for_writing(ast.parse("path.open('rb')").body[0].value)


def test_nothing_runs_a_shell(sources):
    shells = [name for name, text in sources.items() if "shell=True" in text or "os.system" in text]
    assert shells == []


def test_nothing_unpickles_or_evaluates(trees):
    banned = {"eval", "exec", "compile", "__import__"}
    found = [
        f"{name}:{call.lineno}"
        for name, tree in trees.items()
        for call in calls(tree)
        if isinstance(call.func, ast.Name) and call.func.id in banned
    ]
    pickles = [
        name
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import) and any("pickle" in alias.name for alias in node.names)
    ]
    assert (found, pickles) == ([], [])
