"""What somebody may see of the dossiers: every query of a page is limited to it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, or_

from backoffice.store.committee import CommitteeMember, Mark
from backoffice.store.dossiers import DossierRow, DossierSite, JournalEntry, LateAttempt


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody may see: a region, an establishment, a doctor’s own dossiers, or those before the committee that
    an account sits in, but those it declared a link with (A40). All None: nothing.

    A region sees no draft, but those that its own agents opened for a file that came another way, and those that were
    handed in too late; an establishment or a doctor sees a draft when they file it, and not for being named in it.
    """

    region: str | None = None
    establishment: str | None = None
    person: UUID | None = None
    member: UUID | None = None

    def condition(self) -> ColumnElement[bool]:
        """The SQL condition on dossiers."""
        if self.region is not None:
            handed_in = exists().where(LateAttempt.dossier == DossierRow.id)
            shown = or_(DossierRow.state != "draft", _opened_by_agent(), handed_in)
            return and_(DossierRow.region == self.region, shown)
        if self.member is not None:
            sits = exists().where(
                CommitteeMember.account == self.member,
                CommitteeMember.call == DossierRow.call,
                CommitteeMember.session == DossierRow.session,
            )
            linked = exists().where(Mark.dossier == DossierRow.id, Mark.account == self.member, Mark.linked)
            return and_(sits, ~linked)
        if self.establishment is not None:
            mine = (DossierSite.dossier == DossierRow.id, DossierSite.site == self.establishment)
            return exists().where(*mine, or_(DossierRow.state != "draft", DossierSite.deposits))
        if self.person is not None:
            return and_(DossierRow.candidate == self.person, or_(DossierRow.state != "draft", DossierRow.deposits))
        return false()


def _opened_by_agent() -> ColumnElement[bool]:
    first = (JournalEntry.dossier == DossierRow.id, JournalEntry.seq == 1)
    return exists().where(*first, JournalEntry.author_kind == "agent")
