from flows import samples


def test_the_samples_lie_where_the_demo_looks_for_them():
    folder = samples.path()

    assert any(folder.iterdir())
