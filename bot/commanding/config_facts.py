"""What commands need to know of a model config, from its text and that of its custom tasks."""

from collections.abc import Mapping
from os.path import normpath

from bot.commanding.facts import ConfigFacts
from bot.evaluated import evaluated_tasks
from bot.surroundings import CustomTaskFile, Surroundings, task_names
from schemas.mteb_index import mteb_index
from schemas.submission import is_task_file
from schemas.validate import problems_in
from schemas.yaml_document import YamlDocument, parse_yaml


def config_facts(path: str, files: Mapping[str, bytes]) -> ConfigFacts:
    """The facts of the config at `path`; `files` are by path, as far as they are there and may be read."""
    document = parse_yaml(files.get(path, b""), path)
    if problems_in(document, "model-config"):
        return ConfigFacts(None)
    around = Surroundings(mteb_index(), custom_tasks=_custom_tasks(path, document, files))
    return ConfigFacts(document.at("revision"), evaluated_tasks(document, around))


def _custom_tasks(
    path: str, document: YamlDocument, files: Mapping[str, bytes]
) -> dict[int, CustomTaskFile]:
    folder = path.rpartition("/")[0]
    places = {
        number: normpath(f"{folder}/{name}")
        for number, name in task_names(document)
        if is_task_file(name)
    }
    return {
        number: CustomTaskFile(place, parse_yaml(files[place], place))
        for number, place in places.items()
        if place in files
    }
