"""Reading what was sent: each wrong field by name, however strange the input."""

import pytest
from flask.testing import FlaskClient
from pydantic import BaseModel, ConfigDict

from shared.web.errors import Invalid
from shared.web.reading import MOST_NAMED, read
from tests.unit.web.test_openapi import PATH, START, client

__all__ = ["client"]


class Choice(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    way: str = "phone"
    texts: bool = False


def wrong(**values: object) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        read(Choice, values)
    return dict(refused.value.fields)


def test_a_form_is_read_as_its_model() -> None:
    assert read(Choice, {"way": "video"}) == Choice(way="video")


def test_each_wrong_type_is_said_in_plain_words() -> None:
    assert wrong(way=7, texts="yes", more=1) == {
        "way": "This must be text.",
        "texts": "This must be true or false.",
        "more": "There is no such field.",
    }


def test_names_that_can_not_be_shown_are_escaped() -> None:
    found = wrong(**{"a\x00": 1, "\u202eb": 1})
    assert {"a\\x00", "\\u202eb"} <= set(found)


def test_no_more_names_come_back_than_help() -> None:
    assert len(wrong(**{f"k{n}": 1 for n in range(5000)})) == MOST_NAMED


@pytest.mark.parametrize(
    "body", ['{"name": "a", "name": "b"}', '{"place": {"city": 1, "city": 2}}']
)
def test_a_name_given_twice_is_refused_by_name(client: FlaskClient, body: str) -> None:
    answer = client.post(PATH, data=body, content_type="application/json")
    assert answer.status_code == 422
    assert list(answer.get_json()["fields"].values()) == ["Give this once."]


@pytest.mark.parametrize("depth", range(100, 1100, 25))
def test_no_depth_is_a_server_error(client: FlaskClient, depth: int) -> None:
    deep = f'{{"name": {"[" * depth}{"]" * depth}, "start": "{START}"}}'
    answer = client.post(PATH, data=deep, content_type="application/json")
    assert answer.status_code in (400, 422)


def test_what_a_body_is_refused_for_is_named(client: FlaskClient) -> None:
    assert client.post(PATH, data="{").get_json()["fields"].keys() == {"Content-Type"}
    broken = client.post(PATH, data="{", content_type="application/json")
    assert broken.get_json()["fields"].keys() == {"body"}
