"""Settings: typed, read when asked for, and checked with the nearest right name."""

import django
import pytest
from django.core.checks import run_checks
from django.test import override_settings

from matinee import conf
from matinee.exceptions import ConfigError


@pytest.fixture(autouse=True)
def defaults(settings):
    settings.MATINEE = {}


def found():
    """What is wrong with the settings; serializers of other tests are others' business."""
    messages = run_checks(tags=["matinee"])
    return [
        (each.id, each.msg)
        for each in messages
        if each.id.startswith(("matinee.E0", "matinee.E101"))
    ]


def declared():
    return [each for section in conf.SECTIONS for each in section.settings().values()]


def test_defaults_hold_where_the_project_says_nothing(settings):
    del settings.MATINEE
    assert conf.receipts.log is True
    assert conf.receipts.max_queries == 500
    assert conf.reads.max_depth == 10
    assert found() == []


def test_a_value_is_read_each_time_it_is_asked_for():
    with override_settings(MATINEE={"receipts": {"max_queries": 7}}):
        assert conf.receipts.max_queries == 7
    assert conf.receipts.max_queries == 500


@pytest.mark.parametrize("debug", [True, False])
def test_the_header_follows_debug_unless_it_is_set(settings, debug):
    settings.DEBUG = debug
    assert conf.receipts.server_timing is debug
    settings.MATINEE = {"receipts": {"server_timing": not debug}}
    assert conf.receipts.server_timing is not debug
    settings.MATINEE = {"receipts": {"server_timing": None}}
    assert conf.receipts.server_timing is debug


@pytest.mark.parametrize("setting", declared(), ids=lambda each: each.path)
def test_every_setting_has_a_default_of_its_own_type_and_a_sentence(setting):
    assert setting.problem(setting.default) is None
    assert setting.doc.endswith(".")
    assert setting.type_name
    assert setting.default_name


@pytest.mark.parametrize("setting", declared(), ids=lambda each: each.path)
def test_every_setting_refuses_a_value_of_another_type(settings, setting):
    settings.MATINEE = {setting.section: {setting.name: b"yes"}}
    ((id_, message),) = found()
    assert id_ == "matinee.E003"
    assert message == f"{setting.path} must be {setting.type_name}, got b'yes'."


def test_a_bool_is_no_int_and_an_int_no_bool(settings):
    settings.MATINEE = {"receipts": {"log": 1, "max_queries": True}}
    assert [id_ for id_, _ in found()] == ["matinee.E003", "matinee.E003"]


def test_a_number_below_the_smallest_that_makes_sense_is_refused(settings):
    settings.MATINEE = {"reads": {"max_depth": 0}}
    assert found() == [("matinee.E004", 'MATINEE["reads"]["max_depth"] must be at least 1, got 0.')]


def test_a_value_that_is_no_choice_is_refused(settings):
    settings.MATINEE = {"reads": {"on_miss": "ignore"}}
    message = (
        "MATINEE[\"reads\"][\"on_miss\"] must be one of 'warn', 'raise', 'heal', got 'ignore'."
    )
    assert found() == [("matinee.E005", message)]


def test_healing_needs_a_django_that_has_fetch_modes(settings):
    settings.MATINEE = {"reads": {"on_miss": "heal"}}
    expected = [] if django.VERSION >= (6, 1) else ["matinee.E101"]
    assert [id_ for id_, _ in found()] == expected


def test_an_unknown_section_is_named_with_the_nearest(settings):
    settings.MATINEE = {"Recipts": {}}
    assert found() == [
        ("matinee.E002", "MATINEE has no section 'Recipts'; the nearest is 'receipts'.")
    ]


def test_an_unknown_setting_is_named_with_the_nearest(settings):
    settings.MATINEE = {"receipts": {"servertiming": True}}
    message = "MATINEE[\"receipts\"] has no setting 'servertiming'; the nearest is 'server_timing'."
    assert found() == [("matinee.E002", message)]


def test_a_setting_one_level_too_high_is_sent_where_it_belongs(settings):
    settings.MATINEE = {"narrow": False}
    message = "MATINEE has no section 'narrow'; it belongs into MATINEE[\"reads\"]."
    assert found() == [("matinee.E002", message)]


def test_a_name_like_no_other_gets_the_list_of_all(settings):
    settings.MATINEE = {42: {}}
    (message,) = run_checks(tags=["matinee"])
    assert message.msg == "MATINEE has no section 42."
    assert message.hint == "Its sections are: ranges, reads, receipts."


@pytest.mark.parametrize("value", [None, [], "receipts"])
def test_matinee_must_be_a_dict(settings, value):
    settings.MATINEE = value
    assert found() == [("matinee.E001", f"MATINEE must be a dict, got {value!r}.")]
    with pytest.raises(ConfigError, match="MATINEE must be a dict"):
        _ = conf.reads.narrow


def test_a_section_must_be_a_dict(settings):
    settings.MATINEE = {"reads": True}
    assert found() == [("matinee.E001", 'MATINEE["reads"] must be a dict, got True.')]
    with pytest.raises(ConfigError, match="must be a dict"):
        _ = conf.reads.narrow


def test_all_problems_are_reported_at_once(settings):
    settings.MATINEE = {"reads": {"narow": True, "max_depth": "10"}, "recepts": {}}
    assert len(found()) == 3


def test_a_wrong_value_is_an_error_where_it_is_used(settings):
    settings.MATINEE = {"reads": {"narrow": "no"}}
    with pytest.raises(ConfigError) as caught:
        _ = conf.reads.narrow
    assert caught.value.code == "conf.invalid"
    assert caught.value.message == 'MATINEE["reads"]["narrow"] must be bool, got \'no\'.'
    assert "Its default is True." in caught.value.hint


def test_a_wrong_value_of_one_setting_leaves_the_others_usable(settings):
    settings.MATINEE = {"reads": {"narrow": "no", "max_depth": 3}}
    assert conf.reads.max_depth == 3
