"""The sum of an expression: numbers, + - * /, brackets. Exact decimals, and nothing that could run."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from decimal import Decimal, DecimalException, localcontext

_OPERATORS: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_SIGNS: dict[type[ast.unaryop], Callable[[Decimal], Decimal]] = {ast.UAdd: operator.pos, ast.USub: operator.neg}


def calculate(expression: str) -> Decimal:
    """To the cent, half to even: "10 / 3" is 3.33. Raises ``ValueError`` for anything but arithmetic, and for /0."""
    if not set(expression) <= set("0123456789.+-*/() \t"):
        raise ValueError("only numbers, + - * / and brackets can be calculated")
    try:
        tree = ast.parse(expression.strip(), mode="eval")
        with localcontext(prec=60):
            return _value(tree.body, expression.strip()).quantize(Decimal("0.01"))
    except (SyntaxError, DecimalException, RecursionError, MemoryError) as error:
        raise ValueError(f"{expression!r} cannot be calculated") from error


def _value(node: ast.expr, source: str) -> Decimal:
    match node:
        case ast.Constant():
            # The digits as they are written: a float on the way would round them.
            return Decimal(ast.get_source_segment(source, node) or "")
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(left, source), _value(right, source))
        case ast.UnaryOp(op=sign, operand=operand) if type(sign) in _SIGNS:
            return _SIGNS[type(sign)](_value(operand, source))
        case _:
            raise ValueError("only numbers, + - * / and brackets can be calculated")
