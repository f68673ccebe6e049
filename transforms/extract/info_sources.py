"""Credited sources of a story: publishers, agencies, and who gave a part of it."""

from __future__ import annotations

from collections.abc import Iterator

from transforms.clean.byline import find_byline
from transforms.clean.info_sources import find_credit
from transforms.extract.dateline import find_dateline
from transforms.extract.moved import find_moved
from transforms.rows import Found, InfoSource, Story

_CONFIDENCE = 0.9

AGENCIES = frozenset(
    word.strip().lower()
    for word in (
        "AP, Associated Press, The Associated Press, Reuters, Thomson Reuters, AFP, Agence France-Presse, dpa, "
        "Deutsche Presse-Agentur, EFE, Agencia EFE, Europa Press, ANSA, Adnkronos, AGI, Lusa, Agência Lusa, ANP, Belga, APA, "
        "Keystone-SDA, SDA, PA, PA Media, Press Association, UPI, United Press International, Bloomberg, Bloomberg News, "
        "Dow Jones, Dow Jones Newswires, Xinhua, Xinhua News Agency, TASS, RIA Novosti, Interfax, Ukrinform, Unian, PAP, CTK, "
        "ČTK, MTI, BTA, Agerpres, Tanjug, Hina, STA, TT, NTB, Ritzau, STT, BNS, ELTA, LETA, PTI, Press Trust of India, ANI, "
        "IANS, UNI, APP, BSS, Antara, Bernama, Yonhap, Yonhap News Agency, Kyodo, Kyodo News, Jiji, Jiji Press, KCNA, CNA, AAP, "
        "Australian Associated Press, The Canadian Press, Canadian Press, La Presse Canadienne, Anadolu, Anadolu Agency, DHA, "
        "IRNA, ISNA, SPA, WAM, QNA, MENA, MAP, APS, PANA, SANA, NNA, Télam, Agência Brasil, Agencia Brasil, Notimex, Prensa Latina, "
        "ANTARA News, Vietnam News Agency, VNA, Agência Estado, GNA, NAN, News Agency of Nigeria, KNA, epd, sid"
    ).split(",")
)
"""News agencies by their names in credits, lower case."""


def extract_info_sources(story: Story) -> tuple[Found, ...]:
    """Return `info_sources`, each name once: as the dateline's or byline's agency before any credit line."""
    sources: dict[str, InfoSource] = {}
    for source in _sources(story):
        sources.setdefault(source.name.casefold(), source)
    return (Found("info_sources", tuple(sources.values()), "credit_line", _CONFIDENCE),) if sources else ()


def is_agency(name: str) -> bool:
    """Return whether a news agency bears this name."""
    return name.lower() in AGENCIES


def _sources(story: Story) -> Iterator[InfoSource]:
    dateline = find_dateline(story.cleaned.body)
    if dateline is not None:
        yield from (InfoSource(name, "agency") for name in dateline.agencies)
    for line in find_moved(story.cleaned, "moved_to_byline"):
        byline = find_byline(line)
        if byline is not None and byline.desk is not None and is_agency(byline.desk):
            yield InfoSource(byline.desk, "agency")
    for line in find_moved(story.cleaned, "moved_to_info_sources"):
        credit = find_credit(line)
        for name in credit.names if credit is not None else ():
            whole = credit is not None and credit.role == "publisher"
            role = credit.role if credit is not None else "publisher"
            yield InfoSource(name, "agency" if whole and is_agency(name) else role)
