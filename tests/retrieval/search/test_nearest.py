from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.disk.folder import Folder, FolderWriter
from retrieval.disk.vectors import CentredMatrix, Matrix, Vectors, centre_of, rounded, scales
from retrieval.search import nearest
from retrieval.search.nearest import Nearest

WIDTH = 48


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    """6,000 unit vectors in 300 loose heaps, all to one side of the origin as pictures' features are."""
    random = np.random.default_rng(3)
    heaps = random.normal(0.3, 1, (300, WIDTH))[np.arange(6_000) % 300]
    points = (heaps + 0.7 * random.normal(size=heaps.shape)).astype(np.float32)
    unit: Vectors = points / np.linalg.norm(points, axis=1, keepdims=True)
    return unit


@pytest.fixture
def indexed(vectors: Vectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nearest:
    for name, value in {"ANN_FROM": 1_000, "EXACT_TO": 300, "LISTS": 40}.items():
        monkeypatch.setattr(nearest, name, value)
    matrix = Matrix(rounded(vectors))
    Nearest.build(writer := FolderWriter(tmp_path / "index"), "text", matrix)
    writer.finish({})
    assert (tmp_path / "index" / "text.ivf").exists()
    return Nearest.opened(Folder(tmp_path / "index"), "text", matrix)


def truth(vectors: Vectors, query: Vectors, allowed: np.ndarray, k: int) -> set[int]:
    rows = np.flatnonzero(allowed)
    return set(rows[np.argsort(-(vectors[rows] @ query))[:k]].tolist())


@pytest.mark.parametrize("share", [1.0, 0.3, 0.1, 0.01])
def test_what_is_nearest_is_found_under_a_filter(vectors: Vectors, indexed: Nearest, share: float) -> None:
    random = np.random.default_rng(4)
    found = 0
    for row in range(0, 6_000, 150):
        allowed = random.random(len(vectors)) < share
        query = vectors[row]
        rows, products = indexed(query, None if share == 1 else allowed, 10)
        assert share == 1 or allowed[rows].all()
        assert (np.diff(products) <= 0).all() and np.allclose(products, vectors[rows] @ query, atol=1e-3)
        found += len(truth(vectors, query, allowed | (share == 1), 10) & set(rows.tolist()))
    assert found / (40 * 10) > 0.95


def test_a_filter_that_forbids_everything_near_gives_what_is_far(vectors: Vectors, indexed: Nearest) -> None:
    found = 0
    for row in range(40):
        query = vectors[row]
        likeness = vectors[:300] @ query
        allowed = (likeness < np.median(likeness))[np.arange(6_000) % 300]
        rows, _ = indexed(query, allowed, 10)
        assert allowed[rows].all()
        found += len(truth(vectors, query, allowed, 10) & set(rows.tolist()))
    assert found / 400 > 0.9


def test_fewer_than_wanted_and_none(vectors: Vectors, indexed: Nearest) -> None:
    allowed = np.zeros(len(vectors), dtype=bool)
    assert len(indexed(vectors[0], allowed, 10)[0]) == 0
    allowed[[5, 9]] = True
    assert set(indexed(vectors[9], allowed, 10)[0]) == {5, 9}
    assert indexed(vectors[9], allowed, 10)[0][0] == 9


def test_small_matrices_need_no_index(vectors: Vectors, tmp_path: Path) -> None:
    matrix = Matrix(rounded(vectors))
    Nearest.build(FolderWriter(tmp_path / "index"), "text", matrix)
    assert not (tmp_path / "index" / "text.ivf").exists()
    rows, _ = Nearest(matrix)(vectors[7], None, 3)
    assert rows[0] == 7


def test_centred_products_are_those_of_centred_vectors(vectors: Vectors) -> None:
    with_none = vectors.copy()
    with_none[::7] = 0
    stored = rounded(with_none)
    centre = centre_of(stored)
    matrix = CentredMatrix(stored, centre, scales(stored, centre))
    real = np.any(with_none != 0, axis=1)
    assert np.allclose(centre, with_none[real].mean(axis=0), atol=1e-3)
    moved = with_none[real] - with_none[real].mean(axis=0)
    expected = np.zeros_like(with_none)
    expected[real] = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    query = expected[1]
    assert np.allclose(matrix @ query, expected @ query, atol=3e-3)
    assert np.allclose(matrix[2:9], expected[2:9], atol=3e-3)
    rows = np.array([1, 7, 30])
    assert np.allclose(matrix.at(rows, query), expected[rows] @ query, atol=3e-3)
    assert (matrix @ np.stack([query, -query], axis=1)).shape == (len(with_none), 2)
