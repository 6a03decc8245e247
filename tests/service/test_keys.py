from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from shelfspace.cli.app import app
from shelfspace.errors import OptionError
from shelfspace.service.keys import Keys, add_key, read_keys, revoke_key


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_file_holds_no_secret_and_is_for_its_owner_alone(tmp_path):
    path = tmp_path / "deep" / "keys.json"
    key, token = add_key(path, "shop", "read")
    assert len(token) > 43
    assert token not in path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    assert Keys(path).of_token(token) == key
    assert read_keys(path) == [key]


def test_a_scope_may_do_what_those_before_it_may(tmp_path):
    path = tmp_path / "keys.json"
    may = {scope: add_key(path, scope, scope)[0] for scope in ("read", "write", "admin")}
    assert [may["write"].may(scope) for scope in may] == [True, True, False]
    assert [may["admin"].may(scope) for scope in may] == [True] * 3
    with pytest.raises(OptionError, match="root"):
        add_key(path, "x", "root")


def test_changes_of_the_file_count_at_once(tmp_path):
    path = tmp_path / "keys.json"
    keys = Keys(path)
    assert len(keys) == 0
    assert keys.of_token("anything") is None
    (one, first), (_, second) = add_key(path, "a", "read"), add_key(path, "b", "read")
    assert keys.of_token(first) == one
    revoke_key(path, one.id)
    assert keys.of_token(first) is None
    assert keys.of_token(second) is not None
    with pytest.raises(OptionError, match="no key"):
        revoke_key(path, one.id)


@pytest.mark.parametrize("text", ["", "[]", '{"keys": [{"id": "x"}]}', '{"keys": 3}', "\0"])
def test_a_damaged_file_opens_to_nobody(tmp_path, text):
    path = tmp_path / "keys.json"
    _, token = add_key(path, "a", "admin")
    path.write_text(text)
    assert Keys(path).of_token(token) is None
    with pytest.raises(OptionError, match="cannot be read"):
        read_keys(path)


def test_keys_are_made_listed_and_revoked_by_commands(tmp_path):
    path = tmp_path / "keys.json"
    made = run("keys", "add", path, "storefront", "--scope", "admin")
    assert made.exit_code == 0
    token = made.stdout.strip()
    (listed,) = json.loads(run("keys", "list", path, "--json").stdout)
    assert Keys(path).of_token(token).id == listed["id"]
    assert listed["scope"] == "admin"
    assert "sha256" not in listed
    assert run("keys", "revoke", path, listed["id"]).exit_code == 0
    again = run("keys", "revoke", path, listed["id"])
    assert again.exit_code == 1
    assert "There is no key" in again.stderr


def test_serving_elsewhere_without_keys_is_refused_before_anything_is_opened(tmp_path):
    for options in (["--host", "0.0.0.0"], ["--host", "0.0.0.0", "--keys", tmp_path / "none.json"]):
        done = run("serve", tmp_path / "nowhere", *options)
        assert done.exit_code == 1
        assert "lets other machines in" in done.stderr
    done = run("serve", tmp_path / "nowhere")
    assert "There is no folder" in done.stderr
    assert "max_bytes is 0" in run("serve", tmp_path / "nowhere", "--max-bytes", 0).stderr
