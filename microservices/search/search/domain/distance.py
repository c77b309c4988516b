"""How far two words are apart, in letters."""

from __future__ import annotations


def within(one: str, other: str, edits: int) -> bool:
    """Whether at most `edits` letters are missing, too many, wrong, or swapped with their neighbour."""
    if abs(len(one) - len(other)) > edits:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last = row, before
        row = [i]
        for j, its in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > edits and (not before or min(before) > edits):
            return False
    return row[-1] <= edits
