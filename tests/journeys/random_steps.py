"""Steps of random scenarios, out of a grammar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

WINDOWS = [
    {"days": "mon-fri", "from": "09:00", "to": "17:00"},
    {"days": "mon", "from": "21:00", "to": "09:00"},
    {"days": "sat,sun", "from": "02:30", "to": "04:00"},
    {"from": "08:00", "to": "20:00"},
]
HOURS = ["1 hour", "5 hours", "12 hours", "1 day", "2 days"]
CLOCKS = ["00:00", "02:30", "09:00", "18:00"]
TAGS, AUDIENCES = ("likes_blue", "asked"), ("buyers", "spared")
OFFERS: dict[str, dict[str, Any]] = {"ten": {"valid_for": "2 days"}, "gift": {}}
UNUSED: list[dict[str, Any]] = [{"offer_unused": offer} for offer in OFFERS]


@dataclass
class Scope:
    """What a step of a scenario may speak about: messages sent so far, states."""

    dice: Random
    states: list[dict[str, Any]]
    did: list[dict[str, Any]]
    dates: list[str]
    sent: list[str] = field(default_factory=list)
    splits: int = 0
    offers: bool = False


def perhaps(dice: Random, percent: int) -> bool:
    return dice.randrange(100) < percent


def steps(scope: Scope, depth: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for _ in range(scope.dice.randint(1, 4)):
        found.append(_step(scope, depth))
        if depth and "send" in found[-1] and perhaps(scope.dice, 30):
            found += _asked_later(scope, depth)
        if _ends(found[-1]):
            break
    return found


def _step(scope: Scope, depth: int) -> dict[str, Any]:
    dice = scope.dice
    simple = 3 * ["send", "wait"] + ["offer", "tag", "sync"] + ["exit"] * (depth < 2)
    match dice.choice(simple + ["wait_for", "branch", "split"] * 2 + ["repeat"] if depth else simple):
        case "send":
            return _send(scope)
        case "wait":
            return {"wait": _wait(scope)}
        case "offer":
            scope.offers = True
            return {"offer": dice.choice(list(OFFERS))}
        case "tag":
            return {"tag": {dice.choice(["add", "add", "remove"]): dice.choice(TAGS)}}
        case "sync":
            return {"sync": {dice.choice(["add", "add", "remove"]): dice.choice(AUDIENCES)}}
        case "exit":
            return {"exit": "gone"}
        case "wait_for":
            return {
                "wait_for": _joined(scope, [*({"did": did} for did in scope.did), *scope.states, *_answers(scope)], ("all", "any")),
                "timeout": dice.choice(HOURS),
                "then": steps(scope, depth - 1),
                "else": steps(scope, depth - 1),
            }
        case "branch":
            return {"branch": [*(_rung(scope, depth) for _ in range(dice.randint(1, 2))), {"else": steps(scope, depth - 1)}]}
        case "repeat":
            return _repeat(scope, depth)
        case _:
            weights = dice.choice([(50, 50), (10, 90), (20, 50, 30)])
            arms = {f"arm{number}": {"weight": weight, "steps": steps(scope, depth - 1)} for number, weight in enumerate(weights)}
            scope.splits += 1
            return {"split": arms, "id": f"split{scope.splits}_of_{len(arms)}"}


def _asked_later(scope: Scope, depth: int) -> list[dict[str, Any]]:
    """After a send, a wait and the question how it was answered."""
    asked = {scope.dice.choice(["clicked", "opened", "replied", "delivered", "bounced"]): scope.sent[-1]}
    rung = {"if": asked, "steps": steps(scope, depth - 1)}
    return [{"wait": scope.dice.choice(HOURS)}, {"branch": [rung, {"else": steps(scope, depth - 1)}]}]


def _wait(scope: Scope) -> Any:
    dice = scope.dice
    at = dice.choice(CLOCKS)
    if scope.dates and perhaps(dice, 50):
        options: Mapping[str, list[Any]] = {"offset": ["-1 day", "2 days"], "at": CLOCKS, "if_past": ["skip"]}
        return {"until": {"date": scope.dates[0]} | {name: dice.choice(values) for name, values in options.items() if perhaps(dice, 50)}}
    days, months = {"days": dice.randint(0, 2), "at": at}, {"months": dice.randint(1, 2), "at": at}
    return dice.choice([*3 * [dice.choice(HOURS), {"until": at}], days, days, months, months | {"days": 1}])


def _send(scope: Scope) -> dict[str, Any]:
    dice, sent = scope.dice, scope.sent
    sent.append(f"{'v' if scope.offers and perhaps(dice, 40) else 'm'}{len(sent)}")
    options: Mapping[str, list[Any]] = {
        "valid_for": ["6 hours", "1 day", "5 days"], "window": [*WINDOWS, "none"], "on_capped": ["hold"], "via": [["sms", "email"], ["push"], ["push", "sms", "email"], ["preferred"], ["preferred", "sms", "email"]],
    }  # fmt: skip
    return {"send": sent[-1]} | {name: dice.choice(values) for name, values in options.items() if perhaps(dice, 30)}


def _rung(scope: Scope, depth: int) -> dict[str, Any]:
    did = [{"did": asked | within} for asked in scope.did for within in ({}, {"within": "6 hours"}, {"within": "2 days"})]
    return {"if": _joined(scope, [*did, *scope.states, *UNUSED, *_answers(scope)], ("all", "any", "not")), "steps": steps(scope, depth - 1)}


def _joined(scope: Scope, questions: Sequence[dict[str, Any]], words: Sequence[str], depth: int = 2) -> dict[str, Any]:
    """A question, or now and then several joined."""
    dice = scope.dice
    if not depth or not perhaps(dice, 25):
        return dice.choice(questions)
    word = dice.choice(words)
    parts = [_joined(scope, questions, words, depth - 1) for _ in range(1 if word == "not" else dice.randint(2, 3))]
    return {word: parts[0] if word == "not" else parts}


def _repeat(scope: Scope, depth: int) -> dict[str, Any]:
    """Steps again and again. They do not end with an exit: further turns would be unreachable."""
    dice, turn = scope.dice, steps(scope, depth - 1)
    if _ends(turn[-1]):
        turn = [_send(scope)]
    did = [{"did": asked} for asked in scope.did]
    until = {"until": _joined(scope, [*did, *scope.states, *UNUSED, *_answers(scope)], ("all", "any", "not"))} if perhaps(dice, 60) else {}
    return {"repeat": {"times": dice.randint(2, 3), "every": dice.choice(HOURS), "steps": turn} | until}


def _answers(scope: Scope) -> list[dict[str, Any]]:
    """Questions about messages sent anywhere before, on this way or another."""
    dice = scope.dice
    return [{dice.choice(["clicked", "opened", "replied", "delivered", "bounced"]): dice.choice(scope.sent)} for _ in range(10)] if scope.sent else []


def _ends(step: dict[str, Any]) -> bool:
    """Whether nobody goes on after *step*: what followed would be unreachable."""
    ways = [step["then"], step["else"]] if "wait_for" in step else [arm["steps"] for arm in step.get("split", {}).values()]
    ways += [part.get("steps") or part["else"] for part in step.get("branch", [])]
    return "exit" in step or (bool(ways) and all(_ends(way[-1]) for way in ways))
