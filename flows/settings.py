"""What a desk can set: option over environment (COPYDESK_*) over copydesk.toml over the default.

A key that nobody knows is an error that names its neighbours; docs/settings.md is generated from this module
by `flows.settings_page`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ByteSize,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from flows import places, setting_errors, sources, watchlists
from flows.errors import WrongSetting
from transforms.settings import MEBIBYTE, SourceRule, TransformSettings

if TYPE_CHECKING:
    from expectations.checks import Checks
    from warehouse.line_counts import LineThresholds

PREFIX = "COPYDESK_"
NESTED = "__"
_PATHS = ("data", "inbox", "archive")
"""Keys whose relative values count from the folder of copydesk.toml."""


def _absolute(value: object) -> object:
    return places.absolute(value, Path.cwd()) if isinstance(value, str | os.PathLike) and value else value


def _folders(value: object) -> object:
    """Return one folder, folders joined as in PATH, or a list of folders as a tuple of absolute ones."""
    if isinstance(value, str):
        value = value.split(os.pathsep)
    if isinstance(value, os.PathLike):
        value = (value,)
    return tuple(_absolute(folder) for folder in value) if isinstance(value, list | tuple) else value


def _cron(value: object) -> object:
    if isinstance(value, str) and len(value.split()) != 5:
        raise ValueError("a cron line has five fields: minute, hour, day of month, month, day of week")
    return value


Size = Annotated[ByteSize, Field(gt=0)]
"""Bytes: a number, or a text such as "16 MB" or "64 MiB"."""
Cron = Annotated[str, BeforeValidator(_cron)]
Folder = Annotated[Path, BeforeValidator(_absolute)]


class Schedules(BaseModel):
    """When `copydesk serve` acts of itself; cron lines, in UTC."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    ingest: Cron = "*/5 * * * *"
    """Sweep of the inbox, for files whose arrival nobody saw."""
    ingest_seconds: float | None = Field(None, gt=0)
    """Seconds between two sweeps; takes the place of the cron line when set."""
    report: Cron = "17 5 * * *"
    """Data-quality report."""
    report_after_seconds: float | None = Field(600.0, gt=0)
    """How long after articles have landed the report is built too, over all that has landed until then."""
    lines: Cron = "23 2 * * *"
    """Count of the lines that recur in a source's articles, and recleaning of the articles that a new version means."""
    stories: Cron = "11 3 * * *"
    """Stories of the last weeks told apart anew, so that late articles end where they belong."""
    compact: Cron = "41 3 * * *"
    """Compaction of what the day left in small files."""


class ArrivalSettings(BaseModel):
    """How `copydesk serve` takes what arrives in the inbox."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    watch: Literal["events", "polling"] = "events"
    """Whether the system reports what changes, or the folders are looked at in turn, as network mounts need it."""
    poll_seconds: float = Field(1.0, gt=0)
    """Seconds between two looks with `watch = "polling"`."""
    quiet_seconds: float = Field(0.5, ge=0)
    """A file that is written in place is whole when nothing was written to it for so long."""
    sidecar_seconds: float = Field(5.0, ge=0)
    """How long a `x.json` that reads as a sidecar waits for its `x.txt` before it is taken by itself."""
    runs_per_hour: int = Field(1_200, ge=12)
    """Most flow runs that arrivals may begin within an hour; when half of what may come at once is used up, files
    gather."""
    gather_seconds: float = Field(2.0, ge=0)
    """How long files gather then."""
    gather_files: int = Field(500, ge=1)
    """So many files have gathered for long enough."""
    gather_bytes: Size = ByteSize(64 * MEBIBYTE)
    """So many bytes have gathered for long enough."""
    lone_seconds: float = Field(5.0, ge=0)
    """A file that comes so long after the one before does not wait for others."""


class CheckSettings(BaseModel):
    """What articles are measured by; docs/expectations.md lists the rules."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    min_words: int = Field(30, ge=0)
    """Articles with fewer words are flagged `short_body`."""
    max_words: int = Field(30_000, ge=1)
    """Articles with more words are flagged `long_body`."""
    max_headline_chars: int = Field(300, ge=1)
    """Articles with longer headlines are quarantined as `articles.headline_too_long`."""
    max_days_ahead: int = Field(1, ge=0)
    """How many days from now an article may be dated."""
    severities: dict[str, Literal["critical", "warning", "info"]] = Field(default_factory=dict)
    """Severities that differ from the rules' own, by rule: `"articles.short_body" = "critical"`."""
    sources_min_days: int = Field(7, ge=1)
    """Days of its own history that a source needs before its volume is judged."""
    deviations: float = Field(3.0, gt=0)
    """How many standard deviations from its own mean a source may lie."""


class LineSettings(BaseModel):
    """What a line has to reach to be taken for boilerplate of its source; copies and versions count once."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    min_source_articles: int = Field(50, ge=2)
    """Sources with fewer articles have no repeated lines."""
    min_articles: int = Field(10, ge=2)
    """Articles at whose end the line stands."""
    min_stories: int = Field(10, ge=1)
    """Different stories among these articles."""
    min_days: int = Field(5, ge=1)
    """Different days of publication among them, where at least half of them have one."""
    min_share: float = Field(0.02, ge=0, le=1)
    """Share of the source's articles from the first to the last of them."""
    long_share: float = Field(0.2, ge=0, le=1)
    """That share for a line of 25 words or more: agencies repeat background paragraphs."""
    masthead_share: float = Field(0.5, ge=0, le=1)
    """That share for a line that was taken for the headline: a standing column has one headline for all."""
    edge_share: float = Field(0.9, ge=0, le=1)
    """Share of the line's occurrences that stand at the same end of their articles."""
    max_lift: float = Field(0.2, ge=0, le=1)
    """How much more of the line's words the rest of its articles may have than other articles have."""
    reprocess_at_most: int = Field(20_000, ge=0)
    """Most articles that one scheduled count makes anew, a hundred at a time; the next one goes on."""


class Settings(BaseSettings):
    """Every setting of a desk; made by `load`, frozen from then on."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=NESTED,
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        validate_default=True,
        use_attribute_docstrings=True,
    )

    config: Path | None = Field(None, exclude=True)
    """The copydesk.toml to read; by default the one of the working folder."""
    data: Folder = Path(places.DATA_NAME)
    """Data folder: inbox, lake, ledger, warehouse.duckdb and reports lie in it."""
    inbox: Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_folders)] = Field(
        default_factory=lambda values: (values.get("data", Path(places.DATA_NAME)) / "inbox",),
        json_schema_extra={"default_text": "`inbox` in the data folder"},
    )
    """Folders that are watched and swept for files."""
    path: str | None = None
    """Pattern of a file's path below its inbox, e.g. `{source}/{published_on}/{alt_id}.txt`."""
    keep_raw: Literal["full", "hash"] = "full"
    """Whether `documents.raw` keeps the bytes of a document or only its id."""
    keep_raw_max: Size = ByteSize(16 * MEBIBYTE)
    """Larger documents are kept as a file instead of a row's bytes."""
    max_document_bytes: Size = ByteSize(32 * MEBIBYTE)
    """Larger documents are quarantined unread."""
    max_file_bytes: Size = ByteSize(64 * 1024 * MEBIBYTE)
    """Larger files are quarantined from there on."""
    max_unpacked_bytes: Size = ByteSize(64 * 1024 * MEBIBYTE)
    """Most bytes that may come out of one file, over all levels of packing."""
    max_expansion: int = Field(200, ge=1)
    """How many times as many bytes may come out of a packed file as were read of it."""
    max_nesting: int = Field(4, ge=0)
    """Most levels of packing: a.txt in b.zip in c.tar.gz lies three levels deep."""
    max_members: int = Field(500_000, ge=1)
    """Most members of a file, over all levels of packing."""
    max_rows: int = Field(10_000_000, ge=1)
    """Most articles of a file with one article per row."""
    part_bytes: Size = ByteSize(32 * MEBIBYTE)
    """So many bytes of documents of one file travel together; a larger file lands in several commits."""
    part_rows: int = Field(5_000, ge=1)
    """Most documents of one file that travel together."""
    columns: dict[str, str] = Field(default_factory=dict, json_schema_extra={"default_text": "none"})
    """Our column by another name for it, for files with one article per row, e.g. `Volltext = "body"`."""
    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1, ge=1, json_schema_extra={"default_text": "number of processors"}
    )
    """Processes that read, clean and extract."""
    seconds_per_document: float = Field(30.0, gt=0)
    """A document that takes longer is quarantined as hung."""
    memory_per_worker: Size = ByteSize(1024 * MEBIBYTE)
    """A document for which a worker needs more is quarantined."""
    memory_for_lookup: Size = ByteSize(192 * MEBIBYTE)
    """What copies and stories are found by takes no more memory; the rest lies in unnamed files in the data folder."""
    batch_files: int = Field(500, ge=1)
    """Most files of a batch; the rows of a batch become visible together."""
    batch_bytes: Size = ByteSize(64 * MEBIBYTE)
    """Most bytes of a batch."""
    lease_seconds: float = Field(60.0, gt=0)
    """A run that has not been heard of for so long loses its files to the next."""
    snapshot_retention_days: float = Field(7.0, ge=0)
    """How long `copydesk sql --at` can read the past."""
    story_days: float = Field(45.0, gt=0)
    """How far back from the newest article stories are told apart anew."""
    compact_above: int = Field(64, ge=2)
    """A table with more small files than this is compacted."""
    sweep_grace_seconds: float = Field(3600.0, ge=0)
    """How old a Parquet file that nobody names must be before it is removed."""
    prefect_retention_days: float = Field(7.0, gt=0.05)
    """How long Prefect keeps runs, with their logs and artifacts, and events; the tables keep ours for ever."""
    prefect_database_max: Size = ByteSize(900 * MEBIBYTE)
    """When Prefect's database uses more, the oldest runs go earlier."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Least severe log line of `copydesk serve`."""
    log_format: Literal["text", "json"] = "text"
    """Whether `copydesk serve` logs lines for people or JSON lines."""
    ui_host: str = "127.0.0.1"
    """Address on which Prefect's server and pages listen."""
    ui_port: int = Field(4200, ge=1, le=65535)
    """Port of Prefect's server and pages."""
    after_landing: Literal["keep", "archive", "delete"] = "keep"
    """What becomes of the files of an inbox once all their articles have landed. With `delete`, files whose bytes the
    warehouse does not hold stay."""
    archive: Folder | None = Field(None, json_schema_extra={"default_text": "`archive` in the data folder"})
    """Where `after_landing = "archive"` moves files, each to its path below its inbox."""
    arrivals: ArrivalSettings = ArrivalSettings()
    """How `copydesk serve` takes what arrives."""
    checks: CheckSettings = CheckSettings()
    """What articles are measured by."""
    lines: LineSettings = LineSettings()
    """What recurs at the ends of a source's articles is boilerplate."""
    schedules: Schedules = Schedules()
    """When `copydesk serve` acts of itself."""

    @field_validator("archive")
    @classmethod
    def _archive_is_no_inbox(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        for folder in info.data.get("inbox", ()):
            if value is not None and value.is_relative_to(folder):
                raise ValueError(f"it lies in the inbox {folder}, where files are taken from; name a folder beside it")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read options, then the environment, then copydesk.toml; neither `.env` nor secret files."""
        options = init_settings.init_kwargs if isinstance(init_settings, InitSettingsSource) else {}
        file = places.config_file(options.get("config"))
        return init_settings, env_settings, InitSettingsSource(settings_cls, _keys_of(file))

    @cached_property
    def sources(self) -> tuple[SourceRule, ...]:
        """The rules of `sources/*.toml` beside copydesk.toml, in order of their file names."""
        file = places.config_file(None if self.config is None else str(self.config))
        return sources.load((file.parent if file is not None else Path.cwd()) / sources.FOLDER)

    @property
    def watchlists(self) -> Path:
        """The folder of `watchlists/*.toml`, beside copydesk.toml; it need not exist."""
        return watchlists.folder(None if self.config is None else str(self.config))

    def transform_settings(self) -> TransformSettings:
        """Return what transforms may know: a plain frozen value that is handed to every worker."""
        return TransformSettings(
            keep_raw=self.keep_raw,
            keep_raw_max=int(self.keep_raw_max),
            max_document_bytes=int(self.max_document_bytes),
            path=self.path,
            sources=self.sources,
            columns=dict(self.columns),
            max_file_bytes=int(self.max_file_bytes),
            max_unpacked_bytes=int(self.max_unpacked_bytes),
            max_expansion=self.max_expansion,
            max_nesting=self.max_nesting,
            max_members=self.max_members,
            max_rows=self.max_rows,
            part_bytes=int(self.part_bytes),
            part_rows=self.part_rows,
        )

    def line_thresholds(self) -> LineThresholds:
        """Return what a line has to reach to be taken for boilerplate."""
        from warehouse.line_counts import LineThresholds

        return LineThresholds(**{name: getattr(self.lines, name) for name in LineThresholds._fields})

    def checks_for(self, batch: int, validated_at: datetime) -> Checks:
        """Return what one batch of a run is measured by."""
        from expectations.checks import Checks

        return Checks(batch=batch, validated_at=validated_at, **dict(self.checks))


def load(options: Mapping[str, object] | None = None, *, config: str | None = None) -> Settings:
    """Return the settings of this call; options that are None count as not given.

    Raises WrongSetting with the key, its origin and near matches, and WrongUse when `config` names no file.
    """
    given: dict[str, Any] = {key: value for key, value in (options or {}).items() if value is not None}
    if config is not None:
        given["config"] = config
    file = places.config_file(config)
    origins = setting_errors.Origins(tuple(given), file, PREFIX, NESTED)
    setting_errors.check_variables(os.environ, Settings, origins)
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise setting_errors.explain(error, Settings, origins) from error
    except SettingsError as error:
        raise WrongSetting(
            "a setting cannot be read",
            f"environment variables {PREFIX}*",
            str(error.__cause__ or error),
            f"write sections as single values, e.g. {PREFIX}SCHEDULES{NESTED}REPORT",
        ) from error
    _ = settings.sources
    return settings


def _keys_of(file: Path | None) -> dict[str, Any]:
    """Return the keys of copydesk.toml; relative folders are made absolute from its folder."""
    if file is None:
        return {}
    keys = places.read_toml(file)
    if "config" in keys:
        raise setting_errors.unknown("config", f"key `config` in {file}", ())
    for name in _PATHS:
        value = keys.get(name)
        if isinstance(value, str) and value:
            keys[name] = str(places.absolute(value, file.parent))
        elif isinstance(value, list):
            keys[name] = [places.absolute(one, file.parent) if isinstance(one, str) else one for one in value]
    return keys
