"""Ranges of places in an array, taken all at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def spread(starts: npt.NDArray[np.int64] | int, lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the numbers of ranges, one range after the other: so many from each of `starts` on."""
    shifts = starts - np.cumsum(lengths) + lengths
    numbers: npt.NDArray[np.int64] = np.arange(lengths.sum()) + np.repeat(shifts, lengths)
    return numbers
