"""What is found in source alone: streams that hold a connection, tasks nobody keeps."""

import ast
from collections.abc import Iterator

from matinee._findings import Finding
from matinee._project import shown, source_files, tree

__all__ = ["dropped_tasks", "findings", "streams"]

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def findings() -> Iterator[Finding]:
    for path in source_files():
        module = tree(path)
        if module is not None:
            yield from streams(module, shown(path))
            yield from dropped_tasks(module, shown(path))


def streams(module: ast.Module, file: str) -> Iterator[Finding]:
    """Find streaming responses whose content lasts, or reads the database while it is sent."""
    functions = {node.name: node for node in ast.walk(module) if isinstance(node, _Function)}
    for node in ast.walk(module):
        if not (isinstance(node, ast.Call) and _name(node.func) == "StreamingHttpResponse"):
            continue
        if why := _holds(node, functions):
            yield Finding(
                file,
                node.lineno,
                "matinee.W401",
                f"A StreamingHttpResponse {why}: each reader holds a thread, and often a database "
                "connection, for as long as it stays.",
                "Serve it from an ASGI application in front of Django's, or answer in pieces.",
                "1 connection a reader",
            )


def dropped_tasks(module: ast.Module, file: str) -> Iterator[Finding]:
    """Find tasks whose result is thrown away: the event loop holds them only weakly."""
    for node in ast.walk(module):
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
            continue
        made = _name(node.value.func)
        if made not in {"create_task", "ensure_future"} or _in_group(node.value, module):
            continue
        yield Finding(
            file,
            node.lineno,
            "matinee.W501",
            f"The task that {made}() returns is kept nowhere: it may be collected before it is "
            "done, and its exception is seen by nobody.",
            "Use asyncio.TaskGroup, or a background task with a status.",
        )


def _holds(call: ast.Call, functions: dict[str, _Function]) -> str:
    given = [*call.args, *(each.value for each in call.keywords)]
    if any("event-stream" in str(each.value) for each in given if isinstance(each, ast.Constant)):
        return "sends server-sent events"
    for source in call.args[:1]:
        name = _name(source.func) if isinstance(source, ast.Call) else ""
        body: ast.AST = functions.get(name, source)
        if any(_is_endless(node) for node in ast.walk(body)):
            return "never ends"
        if any(_is_read(node) for node in ast.walk(body)):
            return "reads the database while it is sent"
    return ""


def _is_endless(node: ast.AST) -> bool:
    forever = (
        isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and node.test.value
    )
    return bool(forever) or (isinstance(node, ast.Call) and _name(node.func) == "sleep")


def _is_read(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}


def _in_group(call: ast.Call, module: ast.Module) -> bool:
    """Whether the task is a task group's, which keeps it."""
    if not (isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)):
        return False
    groups = {
        item.optional_vars.id
        for node in ast.walk(module)
        if isinstance(node, ast.AsyncWith)
        for item in node.items
        if isinstance(item.optional_vars, ast.Name) and isinstance(item.context_expr, ast.Call)
    }
    return call.func.value.id in groups


def _name(node: ast.expr) -> str:
    """Return the last name of a dotted one."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
