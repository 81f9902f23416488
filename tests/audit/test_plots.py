import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from privateedit.audit.attacks import ATTACKS
from privateedit.audit.grid import Kind
from privateedit.audit.identity_bench import PARROT, PARROT_WIDE, Identity, Row
from privateedit.audit.metrics import Rate
from privateedit.audit.plots import hidden_share_plot, rank_one_plot


def identity(low=0.02):
    rows = []
    for case, kind, value in (("low", Kind.PRESET, low), ("see-through", Kind.EXPOSED, 1.0)):
        for attack in (*ATTACKS, PARROT, PARROT_WIDE):
            rows.append(Row(case, kind, attack, Rate(value, 0, 1), None))
    hidden = {"low": 0.2, "see-through": 0.4}
    return Identity(50, 0.5, rows[0], tuple(rows), hidden, {"low": 0, "see-through": 0}, (), ())


@pytest.mark.parametrize("plot", [hidden_share_plot, rank_one_plot])
def test_a_plot_is_a_picture_of_the_figures(plot):
    first, again, other = plot(identity()), plot(identity()), plot(identity(low=0.7))
    with Image.open(io.BytesIO(first)) as image:
        assert image.format == "PNG"
        assert min(image.size) > 500
        pixels = np.asarray(image.convert("RGB"))
    assert (pixels < 250).any(2).mean() > 0.01
    assert first == again
    assert first != other


def test_without_matplotlib_it_says_how_to_get_it():
    code = (
        "import sys\n"
        "class Block:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] == 'matplotlib': raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Block())\n"
        "from privateedit.audit import plots\n"
        "from privateedit.errors import ExtraMissing\n"
        "try: plots.rank_one_plot(None)\n"
        "except ExtraMissing as error: print(error.message)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install 'privateedit[audit]'" in done.stdout, done.stderr
