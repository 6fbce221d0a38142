"""The notices' periodic work: sending those whose turn it is. One that cannot be sent does not hold up the others."""

from typing import Final

from lms.notices import queries, rules, service
from lms.notices.post import Letter, Post, post_of
from lms.notices.queries import Outgoing
from lms.web.site import Site

AT_ONCE: Final = 20


def send_notices(site: Site) -> int:
    """Hand over the notices that are due, each in a transaction of its own."""
    with site.database.reading() as session:
        waiting = queries.due(session, now=site.clock.now(), limit=AT_ONCE)
    post = post_of(site.settings) if waiting else None
    return sum(_send(site, post, notice) for notice in waiting) if post else 0


def _send(site: Site, post: Post, notice: Outgoing) -> int:
    try:
        way = post.hand_over(_letter(site, notice))
    except (OSError, ValueError) as failure:
        with site.database.writing() as session:
            service.record_failure(session, notice_id=notice.id, why=str(failure), now=site.clock.now())
        return 0
    with site.database.writing() as session:
        service.record_sending(session, notice_id=notice.id, way=way, now=site.clock.now())
    return 1


def _letter(site: Site, notice: Outgoing) -> Letter:
    link, settings = site.settings.url + notice.path, site.settings
    text = rules.filled(notice.text, link=link, product=settings.product_name, disclaimer=settings.disclaimer)
    return Letter(notice.id, notice.name, notice.email, text, notice.written_at)


SWEEPS = [send_notices]
