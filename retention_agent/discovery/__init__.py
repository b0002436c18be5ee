"""Finding what a request asks for, and showing afterwards what was searched and how."""
