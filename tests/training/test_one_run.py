"""One training at a time in a folder of checkpoints."""

import subprocess
import sys

import click
import pytest

pytest.importorskip("torch", reason="the extra `train` is not installed")
from sentiment.training.__main__ import alone_in


def test_a_second_training_is_kept_out_of_the_folder_and_named_the_fix(tmp_path):
    with alone_in(tmp_path), pytest.raises(click.ClickException, match="name another folder with --work"), alone_in(tmp_path):
        pass


def test_a_killed_training_leaves_the_folder_free(tmp_path):
    code = f"from pathlib import Path\nfrom sentiment.training.__main__ import alone_in\nwith alone_in(Path({str(tmp_path)!r})): print('in', flush=True); input()"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"in\n"
    with pytest.raises(click.ClickException), alone_in(tmp_path):
        pass
    child.kill()
    child.communicate()
    with alone_in(tmp_path):
        pass
