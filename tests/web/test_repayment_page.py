"""The page of a repayment: who reads it, what it says at each step, and that no step is taken twice or alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice.callfiles import CALLS, quota_sources, read_text
from backoffice.services.publishing import load_version
from backoffice.store.mails import LetterDue
from backoffice.store.titles import TitleRequest
from tests.backoffice.stored import MACHINE, StoredLife, stored_life
from tests.builders import COMPLEMENTS, Hat
from tests.pages import Screen
from tests.web.making import CAPUCINE, instructor, made
from tests.web.site import Answer, Site, Visitor
from tests.web.test_account import paid
from workflows.actors import Role
from workflows.parts.reliefs import Relief
from workflows.states import State

HOW = "?retour=reversement"


def plain(text: str) -> str:
    return " ".join(text.replace("\u202f", " ").split())


def does(site: Site, life: StoredLife, *steps: tuple[Any, ...], days: int = 1) -> StoredLife:
    """The life after some more acts, a day between them, the clock of the pages with it."""
    with site.session() as session:
        life = replace(life, session=session)
        for act, hat, *given in steps:
            life = life.later(days).do(act, hat, **(given[0] if given else {}))
    site.at(life)
    return life


NOTICED = (("start_contradictory", Hat.INSTRUCTOR),)
HEARD = (*NOTICED, ("record_remarks", Hat.RECRUITER))
DECIDED = (*HEARD, ("decide_repayment", Hat.HEAD))
TITLED = (*DECIDED, ("request_title", Hat.INSTRUCTOR), ("record_title", Hat.INSTRUCTOR))


def standing(site: Site, *steps: tuple[Any, ...]) -> StoredLife:
    """A repayment after some steps."""
    return does(site, made(site, State.CLAWBACK), *steps)


def address(life: StoredLife, rank: int | None = None) -> str:
    return f"/dossiers/{life.dossier.number}/reversement" + (f"/{rank}" if rank else "")


def shown(visitor: Visitor, life: StoredLife, rank: int | None = None) -> Screen:
    answer = visitor.get(address(life, rank))
    assert answer.status == 200, answer.said
    return answer.screen


def recruiter(site: Site, life: StoredLife) -> Visitor:
    return site.visitor(Role.ESTABLISHMENT, establishment=life.profile.recruiter.id)


def head(site: Site) -> Visitor:
    return site.visitor(Role.HEAD, region="75")


def lead(page: Screen) -> str:
    return plain(next(e.text for e in page.page.all("p") if "tp-lead" in e.get("class").split()))


def steps(page: Screen) -> list[str]:
    return [plain(e.text) for e in next(o for o in page.page.all("ol") if "tp-line" in o.get("class")).all("li")]


def prove(site: Site, life: StoredLife, letter: str) -> StoredLife:
    with site.session() as session:
        life = replace(life, session=session)
        life.prove(letter)
    site.at(life)
    return life


# Who reads it (A39).


def test_agents_and_the_recruiter_read_it_and_nobody_else(quick: Site) -> None:
    life = standing(quick, *HEARD)
    for reader in (instructor(quick), head(quick), quick.visitor(Role.DG, region="75"), recruiter(quick, life)):
        assert shown(reader, life).h1.startswith("Reversement de")
        dossier = reader.get(f"/dossiers/{life.dossier.number}").screen
        assert dossier.link("Voir le reversement").endswith(address(life))
    for stranger in (
        quick.visitor(Role.CANDIDATE, person=CAPUCINE),
        quick.visitor(Role.ESTABLISHMENT, establishment=life.profile.partner.id),
        quick.visitor(Role.MEMBER, region="75"),
        quick.visitor(Role.ADMIN),
        quick.visitor(Role.HEAD, region="11"),
    ):
        assert stranger.get(address(life)).status in {403, 404}
        assert stranger.get(address(life, 1)).status in {403, 404}
        assert "Voir le reversement" not in stranger.get(f"/dossiers/{life.dossier.number}").said


def test_the_recruiter_reads_the_same_figures_and_not_who_at_the_agency(quick: Site) -> None:
    life = standing(quick, *TITLED, ("record_repaid", Hat.INSTRUCTOR, {"amount": Decimal("1000.00")}))
    ours, theirs = shown(instructor(quick), life), shown(recruiter(quick, life), life)
    for caption in ("Bases de la liquidation", "La somme", "Les trois lectures", "Mouvements"):
        assert theirs.rows(caption) == ours.rows(caption)
    assert "un agent" in " ".join(steps(ours))
    assert "un agent" not in " ".join(steps(theirs))
    assert "l’agence" in " ".join(steps(theirs))


def test_a_dossier_without_a_repayment_says_so_and_an_unknown_rank_is_not_found(quick: Site) -> None:
    life = made(quick, State.IN_POST)
    agent = instructor(quick)
    assert "Aucun reversement" in agent.get(address(life)).said
    assert agent.get(address(life, 1)).status == 404
    assert {agent.get(address(standing(quick), rank)).status for rank in (2, 99999999)} == {404}


# What it says.


def test_each_step_says_who_is_awaited_and_until_when(quick: Site) -> None:
    life = standing(quick)
    agent = instructor(quick)
    assert lead(shown(agent, life)).startswith(
        "Le reversement attend l’instructeur : ouvrir la procédure contradictoire"
    )
    life = does(quick, life, *NOTICED)
    assert "preuve de réception" in lead(shown(agent, life))
    life = prove(quick, life, "L14")
    page = shown(recruiter(quick, life), life)
    assert "votre établissement : répondre au constat, jusqu’au" in lead(page)
    assert any("Court du" in row[2] for row in page.rows("Délais légaux"))
    life = does(quick, life, ("record_remarks", Hat.RECRUITER))
    assert "l’agence : décider le reversement" in lead(shown(recruiter(quick, life), life))
    life = does(quick, life, ("decide_repayment", Hat.HEAD), ("request_title", Hat.INSTRUCTOR))
    assert "l’agent comptable : émettre le titre" in lead(shown(agent, life))
    life = does(quick, life, ("record_title", Hat.INSTRUCTOR))
    assert "l’agence : enregistrer la réception du titre" in lead(shown(recruiter(quick, life), life))
    life = does(quick, life, ("record_title_receipt", Hat.INSTRUCTOR, {"received_on": life.today}))
    theirs = shown(recruiter(quick, life), life)
    assert "votre établissement : payer" in lead(theirs)
    assert "Le titre n° TR-0017" in plain(theirs.text)
    assert "Rien n’est attendu de vous" not in theirs.text
    assert "cela ne se fait pas sur cette page" in plain(theirs.text)
    life = does(quick, life, ("record_repaid", Hat.INSTRUCTOR), ("settle", Hat.INSTRUCTOR))
    assert lead(shown(agent, life)).startswith("Le reversement est clos depuis le")


def test_the_period_to_answer_is_not_started_without_a_proof(quick: Site) -> None:
    life = standing(quick, *NOTICED)
    page = shown(instructor(quick), life)
    assert any("Délai non parti" in row[2] for row in page.rows("Délais légaux"))
    proof = page.link("Enregistrer la preuve de réception")
    assert "retour=reversement" in proof
    told = {"channel": "hand", "received_on": life.today.isoformat(), "evidence": "décharge"}
    agent = instructor(quick)
    answer = agent.post(
        proof, agent.confirmed(proof, told | {"receipt": proof.split("receipt=")[1].split("&")[0].replace("%3A", ":")})
    )
    assert (answer.status, answer.goes_to) == (303, address(life, 1))


def test_the_calculation_adds_up_line_by_line(quick: Site) -> None:
    life = standing(quick)
    rows = [
        (row[0], Decimal(plain(row[2]).replace(" ", "").replace("€", "").replace(",", ".").replace("−", "-")))
        for row in shown(instructor(quick), life).rows("Bases")
    ]
    totals = {"Total versé", "Total servi", "Versé et non servi"}
    current = life.dossier.repayment
    assert current is not None
    assert (
        sum(amount for what, amount in rows if what not in totals)
        == current.amounts.prorata
        == dict(rows)["Versé et non servi"]
    )
    assert sum(amount for what, amount in rows if what.startswith("Versé le")) == dict(rows)["Total versé"]


def unsigned(site: Site) -> StoredLife:
    """A repayment of a call whose reading nobody has signed."""
    with site.session() as session:
        told = read_text(COMPLEMENTS / "na-2024.toml").replace('repayment_reading = "prorata"\n', "")
        load_version(
            session,
            read_text(CALLS / "na-2024.toml"),
            sources=quota_sources(),
            by="menthe-grise",
            now=MACHINE,
            complement=told,
        )
        life = stored_life(session, "na-2024").to(State.CLAWBACK)
    return does(site, life, *HEARD)


def test_while_no_reading_is_signed_amounts_are_shown_and_none_can_be_decided(quick: Site) -> None:
    life = unsigned(quick)
    page = shown(head(quick), life)
    rows = page.rows("Les trois lectures")
    assert len(rows) == 3
    assert all("€" in row[2] for row in rows)
    assert [row[3] for row in rows] == ["montrée", "", ""]
    assert "L’agence n’a pas signé sa lecture de la clause" in page.text
    stopped = next(e.text for e in page.page.all("li") if "tp-off" in e.get("class") and "Décider" in e.text)
    assert "Faites signer le choix de lecture" in stopped


def test_the_badge_and_the_track_say_one_stage(quick: Site) -> None:
    for road, stage in ((NOTICED, "Procédure contradictoire"), (HEARD, "Décision"), (TITLED, "Recouvrement")):
        page = shown(instructor(quick), standing(quick, *road))
        badge = next(e.text for e in page.page.all("span") if "tp-state" in e.get("class").split())
        now = next(e for e in page.page.all("li") if "is-now" in e.get("class"))
        assert (plain(badge), plain(now.text).startswith(stage)) == (stage, True)


def test_a_payment_written_by_mistake_is_taken_back_from_the_page(quick: Site) -> None:
    life = standing(quick, *TITLED, ("record_repaid", Hat.INSTRUCTOR, {"amount": Decimal("1000.00")}))
    agent = head(quick)
    path = shown(agent, life).link("Annuler une écriture du compte")
    assert "R1-1, paiement reçu du" in plain(agent.get(path).screen.text)
    sent = agent.post(path, agent.confirmed(path, {"entry": "R1-1", "reason": "Saisi sur le mauvais dossier."}))
    assert (sent.status, sent.goes_to) == (303, address(life, 1))
    page = shown(agent, life)
    assert [row[1] for row in page.rows("Mouvements")] == ["Paiement reçu", "Annulation : paiement reçu"]
    assert "Saisi sur le mauvais dossier." in page.text
    assert [row[2] for row in page.rows("Mouvements")][1].startswith("−")
    assert "Annuler une écriture du compte" in shown(agent, life).text  # the title may still be


def test_the_signed_reading_is_marked(quick: Site) -> None:
    rows = shown(head(quick), standing(quick, *HEARD)).rows("Les trois lectures")
    assert [row[3] for row in rows] == ["signée", "", ""]


def test_nothing_is_said_to_be_signed_where_no_clause_leaves_a_choice(quick: Site) -> None:
    life = paid(quick)
    last_day = date(2024, 11, 30)
    with quick.session() as session:
        life = replace(life, session=session, machine=quick.moved.machine).on(last_day + timedelta(days=2), "10:00")
        life.do("record_end", Hat.INSTRUCTOR, last_day=last_day, known_on=last_day, told_on=last_day, cca_from=None)
        life.do("open_clawback", Hat.CLOCK)
    quick.at(life)
    page = shown(head(quick), life)
    assert "Aucune clause de l’appel ne vaut pour cette fin" in page.text
    assert [row[3] for row in page.rows("Les trois lectures")] == ["seule possible ici", "", ""]


def test_its_letters_are_listed_with_where_they_stand(quick: Site) -> None:
    life = standing(quick, *TITLED)
    rows = shown(instructor(quick), life).rows("Courriers de ce reversement")
    assert {"Décision de reversement", "Demande d’émission du titre"} <= {row[0] for row in rows}
    theirs = shown(recruiter(quick, life), life).rows("Courriers de ce reversement")
    assert "Demande d’émission du titre" not in {row[0] for row in theirs}


def test_remarks_are_read_by_agents_and_by_whoever_wrote_them(quick: Site) -> None:
    life = made(quick, State.CLAWBACK)
    agent, theirs = instructor(quick), recruiter(quick, life)
    life = does(quick, life, *NOTICED)
    path = theirs.get(address(life)).screen.link("Répondre au constat")
    sent = theirs.post(
        path, theirs.confirmed(path, {"reason": "Le mois de mai fut servi par un autre.", "hearing": "oui"})
    )
    assert (sent.status, sent.goes_to) == (303, address(life, 1))
    assert "Le mois de mai fut servi par un autre." in shown(agent, life).text
    page = shown(theirs, life)
    assert "Le mois de mai fut servi par un autre." in page.text
    assert "Répondre au constat" not in {e.text for e in page.page.all("a")}
    assert (
        "Le mois de mai" not in shown(recruiter(quick, life), life).text
    )  # somebody else there: reasons are about people


def test_who_asks_to_be_heard_is_heard_before_the_decision(quick: Site) -> None:
    life = standing(quick, *NOTICED, ("record_remarks", Hat.RECRUITER, {"hearing": True}))
    boss = head(quick)
    assert "entendre le recruteur, qui le demande" in lead(shown(boss, life))
    assert "Le recruteur demande à être entendu." in " ".join(steps(shown(recruiter(quick, life), life)))
    path = shown(boss, life).link("Décider le reversement")
    told = {**dict(boss.get(path).screen.form("Voir ce qui va changer").values), "reason": "Mois non servis."}
    held = boss.post(path, {**told, "etape": "voir"})
    assert (held.status, "rien ne dit qu’il l’a été" in held.said) == (422, True)
    done = boss.post(path, boss.confirmed(path, told | {"heard_on": life.today.isoformat()}))
    assert done.goes_to == address(life, 1)
    assert "Entendu le" in " ".join(steps(shown(boss, life)))


def test_two_repayments_of_a_post_each_have_their_page(quick: Site) -> None:
    with quick.session() as session:
        life = overpaid(session)
    quick.at(life)
    agent = instructor(quick)
    assert len(life.dossier.repayments) == 2
    excess, ended = shown(agent, life, 1), shown(agent, life, 2)
    assert excess.link("fin anticipée").endswith(address(life, 2))
    assert shown(agent, life).h1 == ended.h1  # the one to see to
    assert "Les trois lectures" not in excess.text
    assert "preuve de réception" in lead(excess)
    assert excess.rows("Courriers de ce reversement")
    assert lead(ended).startswith("Le reversement attend l’instructeur : ouvrir")
    assert "Aucun courrier n’est encore demandé." in ended.text
    path = ended.link("Ouvrir la procédure contradictoire")
    form = agent.get(path).screen.form("Voir ce qui va changer")
    assert form.value("Reversement") == life.dossier.repayments[1].cause
    assert agent.post(path, agent.confirmed(path, dict(form.values))).goes_to == address(life, 2)
    assert "preuve de réception" in lead(shown(agent, life, 2))


def overpaid(session: Session) -> StoredLife:
    """A post that was paid elsewhere above its whole schedule, whose recruiter heard of it, then ended early."""
    life = stored_life(session, "na-2024").to(State.IN_POST).later(1)
    much = {"notified": Decimal("80000.00"), "paid": Decimal("80000.00")}
    life.do("record_opening", Hat.HEAD, **much).later(1).do("open_overpayment", Hat.INSTRUCTOR)
    life.do("start_contradictory", Hat.INSTRUCTOR)
    last_day = date(life.profile.start.year + 1, 5, 31)
    life.on(last_day + timedelta(days=3)).do("record_end", Hat.INSTRUCTOR, last_day=last_day)
    return life.do("open_clawback", Hat.CLOCK)


# Nothing is done twice, nor alone.


def confirmed(visitor: Visitor, life: StoredLife, label: str, **typed: str) -> tuple[str, dict[str, str]]:
    """The address of an act as the page links it, and the form that confirms it."""
    path = shown(visitor, life).link(label)
    opened = visitor.get(path).screen.form("Voir ce qui va changer")
    return path, visitor.confirmed(path, {**dict(opened.values), **typed})


def asked(site: Site) -> tuple[int, int]:
    """How many titles are kept as asked for, and how many letters ask for one."""
    with site.session() as session:
        letters = select(func.count()).select_from(LetterDue).where(LetterDue.code == "L16")
        return session.scalar(select(func.count()).select_from(TitleRequest)) or 0, session.scalar(letters) or 0


def test_a_double_click_asks_for_one_title_and_comes_back_to_the_page(quick: Site) -> None:
    life = standing(quick, *DECIDED)
    agent = instructor(quick)
    path, form = confirmed(agent, life, "Demander le titre")
    answers = [agent.post(path, form) for _ in range(2)]
    assert [(a.status, a.goes_to) for a in answers] == [(303, address(life, 1))] * 2
    assert asked(quick) == (1, 1)
    after = agent.get(answers[1].headers["Location"]).screen
    assert after.notice == "Information : « Demander le titre » : c’est fait."
    assert "Demander le titre" not in {e.text for e in after.page.all("a")}


def conflict(answer: Answer, act: str) -> str:
    assert answer.status == 409, answer.said
    assert f"a fait « {act} » le" in answer.said
    assert "Votre acte n’a pas été enregistré." in answer.said
    return answer.screen.link("Revenir au reversement")


def test_two_tabs_ask_for_one_title_and_the_second_says_who_did_it(quick: Site) -> None:
    life = standing(quick, *DECIDED)
    agent, colleague = instructor(quick), instructor(quick)
    first, second = confirmed(agent, life, "Demander le titre"), confirmed(colleague, life, "Demander le titre")
    assert agent.post(*first).status == 303
    assert conflict(colleague.post(*second), "Demander le titre").endswith(address(life, 1))
    assert asked(quick) == (1, 1)


def test_a_form_left_open_says_that_the_title_was_asked_for(quick: Site) -> None:
    life = standing(quick, *DECIDED)
    agent = instructor(quick)
    path, _ = confirmed(agent, life, "Demander le titre")
    assert agent.post(*confirmed(agent, life, "Demander le titre")).status == 303
    again = agent.get(path)
    assert "Le titre a déjà été demandé" in again.said
    assert again.screen.link("Revenir au reversement").endswith(address(life, 1))
    preview = agent.post(path, {"etape": "voir"})
    assert preview.status == 422
    assert "il ne se demande qu’une fois" in preview.screen.alert
    assert asked(quick) == (1, 1)


def test_who_opened_the_contradictory_step_cannot_decide_and_the_page_names_them(quick: Site) -> None:
    life = standing(quick)
    alone = head(quick)
    assert alone.post(*confirmed(alone, life, "Ouvrir la procédure contradictoire")).status == 303
    with quick.session() as session:
        again = replace(life, session=session)
        again.dossier = replace(life.dossier, version=life.dossier.version + 1)
        again.later(1).do("record_remarks", Hat.RECRUITER)
    quick.at(again)
    page = shown(alone, life)
    stopped = next(e.text for e in page.page.all("li") if "tp-off" in e.get("class") and "Décider" in e.text)
    assert "préparé par la même personne (Sorbier Ivoire)" in stopped
    assert "Décider le reversement" not in {e.text for e in page.page.all("a")}
    direct = f"/dossiers/{life.dossier.number}/actes/decide_repayment{HOW}"
    refused = alone.post(direct, {"etape": "voir", "amount": "10,00", "reason": "Seul."})
    assert (refused.status, "deux personnes" in refused.said) == (422, True)
    other = head(quick)
    assert other.post(*confirmed(other, life, "Décider le reversement", reason="Mois non servis.")).status == 303
    assert "Décision" in " ".join(steps(shown(other, life)))


def test_two_decisions_at_once_leave_one(quick: Site) -> None:
    life = standing(quick, *HEARD)
    first, second = head(quick), head(quick)
    forms = [confirmed(who, life, "Décider le reversement", reason="Mois non servis.") for who in (first, second)]
    assert first.post(*forms[0]).status == 303
    conflict(second.post(*forms[1]), "Décider le reversement")


def test_a_payment_sent_twice_counts_once(quick: Site) -> None:
    life = standing(quick, *TITLED)
    agent = instructor(quick)
    form = confirmed(agent, life, "Enregistrer un paiement", amount="1000,00")
    assert [agent.post(*form).status for _ in range(2)] == [303, 303]
    assert [plain(row[2]) for row in shown(agent, life).rows("Mouvements")] == ["1 000,00 €"]


def test_a_relief_is_granted_by_somebody_else_than_who_prepared_it(quick: Site) -> None:
    life = standing(quick, *TITLED)
    alone = head(quick)
    path = f"/dossiers/{life.dossier.number}/actes/prepare_relief{HOW}"
    told = {"relief": "remitted", "amount": "50,00", "reason": "Remise demandée."}
    assert alone.post(path, alone.confirmed(path, told)).status == 303
    stopped = next(e.text for e in shown(alone, life).page.all("li") if "tp-off" in e.get("class"))
    assert "elle en demande deux" in stopped
    other = head(quick)
    granted = confirmed(other, life, "Accorder une remise gracieuse", authority="Décision 12", reason="Accordée.")
    assert other.post(*granted).status == 303
    assert ["Remis", "−50,00 €"] in [[plain(cell) for cell in row] for row in shown(other, life).rows("La somme")]


@pytest.mark.parametrize("after", [NOTICED, TITLED])
def test_one_button_stands_out_at_most(quick: Site, after: tuple[tuple[Any, ...], ...]) -> None:
    life = standing(quick, *after)
    for reader in (instructor(quick), head(quick), recruiter(quick, life)):
        filled = [e for e in shown(reader, life).page.all("a", "button") if "btn-primary" in e.get("class").split()]
        assert len(filled) <= 1


def test_the_form_that_answers_a_claim_recalls_it_and_a_rejection_names_no_authority(quick: Site) -> None:
    life = standing(quick, *TITLED, ("file_claim", Hat.RECRUITER, {"contested": Decimal("500.00")}))
    chief = quick.visitor(Role.DG, region="75")
    form = chief.get(f"/dossiers/{life.dossier.number}/actes/answer_claim")
    said = plain(form.said)
    assert "500,00 € contestés" in said
    assert "motif-0004" in said
    assert "ouverte" not in {o.text.lower() for o in form.screen.page.all("option")}
    assert "obligatoire si la réclamation est acceptée" in said
    does(quick, life, ("answer_claim", Hat.DG, {"authority": None}))


def test_the_relief_that_was_prepared_is_filled_in(quick: Site) -> None:
    prepared = {"relief": Relief.REMITTED, "amount": Decimal("48.53")}
    life = standing(quick, *TITLED, ("prepare_relief", Hat.INSTRUCTOR, prepared))
    chief = quick.visitor(Role.HEAD, region="75")
    form = chief.get(f"/dossiers/{life.dossier.number}/actes/remit_repayment").screen
    assert {e.get("value") for e in form.page.all("input") if e.get("name") == "amount"} == {"48,53"}
    assert "(facultatif)" not in next(e.text for e in form.page.all("label") if "Autorité" in e.text)


def test_a_proposal_is_not_said_twice_to_be_one(quick: Site) -> None:
    life = standing(quick)
    said = plain(instructor(quick).get(f"/dossiers/{life.dossier.number}").said)
    assert "est proposé." in said
    assert "(proposé)" not in said
