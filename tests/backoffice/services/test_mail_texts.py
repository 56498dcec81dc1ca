"""What each mail must say: the mentions the law wants in the receipts, the dates, the texts, and what it must not say.

Dates of Nouvelle-Aquitaine: filed on 10 June 2024 at 14:12, refused by silence on 10 August; pieces asked for on
17 June until 2 July and received on 28 June, so 11 days later: 21 August.
"""

from dataclasses import replace
from datetime import date

import pytest

from backoffice.services.mail_matter import NothingLeftToSayError
from backoffice.services.mail_texts import UnknownMailError
from tests.backoffice.writing import CAPUCINE, MAIL_FROM, PUBLIC_URL, chef_de_pole, flat, written
from tests.builders import Hat, call_of, rewritten
from tests.lives import life_of
from tests.workflows.repaying import WHOLE, in_post
from workflows.acts.vacancy import DepartureLeadsTo
from workflows.calls.funding import RepaymentReading
from workflows.calls.model import Depositor
from workflows.calls.sources import Origin, Sourced
from workflows.dossier import DossierDepositor
from workflows.parts.pieces import Defect, PieceState
from workflows.states import State

COURT = "dans les deux mois qui suivent"
MAINLAND = "le délai augmente d’un mois si vous demeurez outre-mer, et de deux mois si vous demeurez à l’étranger"
OVERSEAS = "le délai augmente d’un mois si vous ne demeurez pas dans la collectivité où ce tribunal a son siège"


def filed(call="na-2024"):
    return life_of(call, completed=False).to(State.SUBMITTED)


def asked():
    """The opinion of a chef de pôle was refused, and asked for again on 17 June."""
    life = filed().on(date(2024, 6, 17))
    refused = {"verdict": PieceState.REFUSED, "defect": Defect.UNSIGNED}
    life.do("judge_piece", Hat.INSTRUCTOR, key=chef_de_pole(life), **refused)
    return life.do("request_pieces", Hat.INSTRUCTOR, keys=(chef_de_pole(life),))


def read(life, name, **details):
    return flat(written(life, name, **details).body)


# L1, the accusé d’enregistrement.


@pytest.mark.parametrize(
    ("call", "received"),
    [
        ("na-2024", "en ligne le 10 juin 2024 à 14 h 12, heure de Paris"),
        ("idf-2025", "en ligne le 22 avril 2025 à 14 h 12, heure de Paris"),
        ("guyane-2020", "en ligne le 14 septembre 2020 à 14 h 12, heure de Cayenne"),
        ("ara-2017", "par courriel le 25 avril 2017 à 14 h 12, heure de Paris"),
    ],
)
def test_l1_gives_the_date_the_hour_and_the_zone_of_receipt(call, received):
    life = life_of(call).to(State.SUBMITTED)
    assert f"L’agence l’a reçu {received}." in read(life, "L1")


def test_l1_tells_that_the_file_came_in_time_with_the_clause_that_says_so():
    life = filed()
    assert "« au plus tard le 14 juin 2024 » (clause NA-23 de l’appel)" in read(life, "L1")
    silent = life_of("guyane-2020").to(State.SUBMITTED)
    assert "délai de l’appel" not in read(silent, "L1")


# L2, the accusé de réception: CRPA R. 112-11-1.


def test_l2_has_every_mention_of_the_code_for_a_candidate():
    text = read(filed(), "L2")
    assert "articles L. 112-11 et R. 112-11-1 du code des relations entre le public et l’administration" in text
    assert "Date de réception : 10 juin 2024 à 14 h 12, heure de Paris" in text
    assert "Service chargé du dossier : ARS Nouvelle-Aquitaine" in text
    assert f"Page du dossier : {PUBLIC_URL}/dossiers/NA-2024-007" in text
    assert "Votre demande peut donner lieu à une décision implicite de rejet." in text
    assert "le silence gardé pendant deux mois vaut rejet (CRPA, article L. 231-4, 3°)" in text
    assert "sous réserve que votre demande soit complète, elle est réputée rejetée le 10 août 2024" in text
    assert "recours gracieux, adressé au directeur général de l’agence, ou hiérarchique" in text
    assert "il interrompt le délai (CRPA, article L. 411-2)" in text
    assert (
        f"Vous pouvez contester un rejet {COURT} sa notification ou, pour un rejet implicite, le jour où il naît"
        in text
    )
    assert "tribunal administratif dans le ressort duquel l’agence a son siège" in text
    assert "articles R. 421-1 et R. 421-2" in text
    assert "à titre d’information" not in text.lower()


def test_l2_gives_the_address_of_the_service_when_the_call_has_one():
    life = filed()
    call = rewritten(
        rewritten(life.call, "authority.service", "Bureau des assistants"), "authority.email", "b@ars.example"
    )
    mail = written(life.under(call), "L2")
    text = flat(mail.body)
    assert mail.reply_to == "b@ars.example"
    assert "Service chargé du dossier : Bureau des assistants, ARS Nouvelle-Aquitaine" in text
    assert "Pour le joindre : b@ars.example" in text


def test_without_an_address_the_mail_says_where_to_write_and_not_to_answer():
    mail = written(filed(), "L1")
    assert mail.reply_to is None
    assert "Ne répondez pas à ce courriel" in flat(mail.body)
    assert mail.body.count(PUBLIC_URL) == 1


def test_l2_for_public_establishments_gives_the_date_for_information_only():
    text = read(filed("idf-2025"), "L2")
    assert "régit les demandes des personnes physiques et des organismes privés (article L. 100-3)" in text
    assert "vous sont données à titre d’information" in text
    assert "À titre d’information : une demande laissée sans décision expresse pendant deux mois" in text
    assert "Ce serait le cas de la vôtre le 22 juin 2025, sous réserve qu’elle soit complète" in text
    assert "en application des articles" not in text
    assert "L. 231-4" not in text
    assert "L. 411-2" not in text
    assert f"contester un rejet {COURT}" in text


def test_l2_when_the_call_does_not_say_who_files_depends_on_the_depositor():
    text = read(filed("guyane-2020"), "L2")
    assert "Si vous déposez au nom d’un établissement public" in text
    assert "réputée rejetée le 14 novembre 2020" in text
    assert "Date de réception : 14 septembre 2020 à 14 h 12, heure de Cayenne" in text


def test_l2_on_paper_rests_on_the_articles_for_paper():
    life = filed()
    life.changed(filing=replace(life.dossier.filing, channel="post"))
    text = read(life, "L2")
    assert "articles L. 112-3 et R. 112-5 du code" in text
    assert "font foi" not in read(life, "L1")


def test_l2_is_silent_on_silence_where_no_clock_runs():
    life = filed()
    text = read(life.changed(silence=None), "L2")
    assert "réputée rejetée" not in text
    assert f"contester un rejet {COURT}" in text


# The extra time for distance (CJA R. 421-7).


def test_a_court_overseas_leaves_more_time_to_those_across_the_sea():
    life = filed("guyane-2020")
    text = read(life, "L2")
    assert OVERSEAS in text
    assert "de deux mois si vous demeurez à l’étranger (code de justice administrative, article R. 421-7)" in text
    assert "ne vaut pas pour un recours gracieux ou hiérarchique" in text
    here = [site for site in life.dossier.sites if site.department == "973"]
    assert "R. 421-7" not in read(life.changed(sites=tuple(here)), "L2")


def test_a_court_of_the_mainland_leaves_more_time_to_those_overseas():
    assert MAINLAND in read(filed(), "L2")  # nobody knows where a candidate lives
    life = filed("idf-2025")
    assert "R. 421-7" not in read(life, "L2")
    recruiter, partner = life.dossier.sites
    assert MAINLAND in read(life.changed(sites=(recruiter, replace(partner, department="974"))), "L2")


def test_a_candidate_who_files_overseas_may_live_across_the_sea():
    life = filed("guyane-2020")
    here = tuple(site for site in life.dossier.sites if site.department == "973")
    candidate = DossierDepositor(Depositor.CANDIDATE, life.profile.candidate.id)
    assert OVERSEAS in read(life.changed(sites=here, depositors=(candidate,)), "L2")


# L3, the missing pieces, and L4, the complete file: CRPA L. 114-5, R. 112-11-4.


def test_l3_names_each_piece_its_establishment_its_defect_and_its_clause():
    text = read(asked(), "L3", request="P1")
    assert "Pièces exigées – clause NA-25 de l’appel :" in text
    assert "- avis du chef de pôle (CHU des Tilleuls) : la pièce reçue ne convient pas, elle n’est pas signée." in text
    assert "CH de Mirabelle)" not in text
    assert "par usage" not in text


def test_l3_gives_the_period_with_its_last_day():
    mail = written(asked(), "L3", request="P1")
    assert "Vous avez du 17 juin 2024 au mardi 2 juillet 2024 inclus" in flat(mail.body)
    assert flat(mail.subject).endswith("pièces attendues jusqu’au 2 juillet 2024")


def test_l3_tells_what_it_does_to_the_implied_refusal():
    text = read(asked(), "L3", request="P1")
    assert "suspend le délai de deux mois au bout duquel le silence de l’agence vaut rejet" in text
    assert "articles L. 114-5 et R. 112-11-4" in text
    assert "dès que toutes ces pièces sont arrivées, et au plus tard le 2 juillet 2024" in text
    assert "jusqu’ici le 10 août 2024" in text
    assert "au 25 août 2024 si les pièces arrivent le dernier jour" in text


def test_l3_says_the_same_when_it_leaves_late():
    life = asked()
    on_time = read(life, "L3", request="P1")
    life.on(date(2024, 6, 28)).do("receive_piece", Hat.CANDIDATE, keys=(chef_de_pole(life),))
    late = read(life, "L3", request="P1")
    assert late == on_time.replace(" : la pièce reçue ne convient pas, elle n’est pas signée", "")


def test_l3_speaks_of_no_refusal_where_no_clock_runs():
    assert "rejet" not in read(asked().changed(silence=None), "L3", request="P1")


def test_l3_for_public_establishments_is_for_information():
    life = filed("ara-2017")
    life.do("request_pieces", Hat.INSTRUCTOR, keys=(life.dossier.pieces[0].key,))
    text = read(life, "L3", request="P1")
    assert "À titre d’information : cette demande suspend" in text
    assert "L. 114-5" not in text


def test_l3_after_the_award_speaks_of_the_start_and_not_of_silence():
    life = life_of("na-2024").to(State.NOTIFIED)
    text = read(life.do("request_pieces", Hat.INSTRUCTOR), "L3", request="P1")
    assert "Pour constater la prise de fonctions" in text
    assert "Pièces exigées – décret n° 2012-1246 (service fait) :" in text
    assert "rejet" not in text
    assert "irrecevable" not in text


def test_l3_never_presents_a_piece_asked_for_by_custom_as_required():
    life = life_of("na-2024").to(State.WITHDRAWN)
    life.do("propose_replacement", Hat.RECRUITER)
    keys = (f"replacement/{life.dossier.requests[-1].id}/remplacant_cv",)
    text = read(life.do("request_pieces", Hat.INSTRUCTOR, keys=keys), "L3", request="P1")
    assert "Pièces que l’appel n’énumère pas et que l’agence demande par usage : - CV du nouveau candidat." in text
    assert "n’entraîne pas, à elle seule, un refus" in text
    assert "exigée" not in text


def test_l4_gives_the_refusal_date_moved_by_the_suspension_and_the_next_step():
    life = asked()
    life.on(date(2024, 6, 28)).do("receive_piece", Hat.CANDIDATE, keys=(chef_de_pole(life),))
    life.accept_pieces().do("declare_complete", Hat.INSTRUCTOR)
    text = read(life, "L4")
    assert "complet depuis le 28 juin 2024" in text
    assert "compte tenu de la suspension due à la demande de pièces" in text
    assert "réputée rejetée le 21 août 2024" in text
    assert "commission de sélection, « courant juillet 2024 » (clause NA-27 de l’appel)" in text
    assert "n’accorde aucun financement" in text


def test_l4_tells_until_when_a_reserve_may_be_met_without_its_text():
    life = filed().on(date(2024, 6, 28)).accept_pieces()
    reserve = {
        "verdict": PieceState.ACCEPTED_UNDER_RESERVE,
        "reserve": "txt:00000000",
        "reserve_until": date(2024, 9, 1),
    }
    life.do("judge_piece", Hat.INSTRUCTOR, key=chef_de_pole(life), **reserve).do("declare_complete", Hat.INSTRUCTOR)
    text = read(life, "L4")
    assert "- avis du chef de pôle (CHU des Tilleuls) : 1er septembre 2024." in text
    assert "txt:" not in text


# Withdrawal, departure, replacement.


def test_a_withdrawal_tells_until_when_to_replace_and_that_it_is_a_custom():
    text = read(life_of("na-2024", completed=False).to(State.WITHDRAWN), "withdrawal_recorded")
    assert "Le poste est vacant depuis le 28 juillet 2024." in text
    assert "jusqu’au mardi 27 août 2024 inclus" in text
    assert "L’appel ne chiffre pas ce délai : c’est un usage de l’agence." in text
    assert "à partir du 26 septembre 2024 (usage de l’agence) ; rien n’est automatique" in text
    assert "La prise de fonctions est prévue le 1er novembre 2024" in text


def test_a_period_that_the_call_prints_is_cited():
    life = life_of("na-2024")
    printed = Sourced(30, Origin.PRINTED, "NA-99")
    life.under(rewritten(life.call, "clauses.replacement.propose_within_days", printed)).to(State.WITHDRAWN)
    text = read(life, "withdrawal_recorded")
    assert "L’appel fixe ce délai (clause NA-99 de l’appel)." in text
    assert "c’est un usage de l’agence" not in text


def test_what_the_call_prints_for_a_replacement_is_told_apart_from_custom():
    text = read(life_of("cvl-ville-hopital").to(State.WITHDRAWN), "withdrawal_recorded")
    printed, custom = text.split("Pièces que l’appel n’énumère pas")
    assert "Pièces exigées – clause CVL-15 de l’appel : - lettre qui donne le motif du désistement ;" in printed
    assert "lettre de motivation" in custom


def test_a_call_without_replacement_offers_none():
    life = life_of("na-2024")
    closed = Sourced(value=False, origin=Origin.PRINTED, rule="NA-99")
    life.under(rewritten(life.call, "clauses.replacement.allowed", closed)).to(State.WITHDRAWN)
    text = read(life, "withdrawal_recorded")
    assert "L’appel ne permet pas de remplacer le candidat (clause NA-99 de l’appel)" in text
    assert "Vous pouvez proposer" not in text


def test_after_the_start_the_end_of_the_post_does_not_move_and_vacant_days_are_not_paid():
    life = life_of("na-2024").to(State.IN_POST).later(60).do("announce_departure", Hat.INSTRUCTOR)
    text = read(life, "departure_announced")
    assert "son dernier jour est le vendredi 28 février 2025, et le poste est vacant à partir du 1er mars 2025" in text
    assert "Les jours sans médecin ne sont pas financés." in text
    assert "La fin du poste ne change pas : 31 octobre 2026, selon l’usage de l’agence" in text


def test_a_replacement_agreed_before_the_departure_leaves_nothing_to_propose():
    life = life_of("na-2024").to(State.IN_POST).later(60).do("announce_departure", Hat.INSTRUCTOR)
    life.propose_replacement().do("agree_replacement", Hat.HEAD).later(60).do("withdraw", Hat.CLOCK)
    before = read(life, "withdrawal_recorded")
    assert "Le remplacement que l’agence a accordé avant ce départ prend effet" in before
    assert "Vous pouvez proposer" not in before
    life.do("replace", Hat.CLOCK)
    assert "vous n’avez rien à proposer" in read(life, "withdrawal_recorded")


def test_a_post_that_ends_is_not_to_be_filled_and_money_asks_for_remarks_first():
    life = life_of("na-2024").to(State.IN_POST).later(60)
    life.do("announce_departure", Hat.INSTRUCTOR, leads_to=DepartureLeadsTo.RECORD_END)
    text = read(life, "departure_announced")
    assert "la fin prochaine du poste" in text
    assert "recueille vos observations avant toute décision" in text
    assert "remplacement" not in text


def test_a_closed_post_tells_how_to_contest():
    text = read(life_of("na-2024").to(State.WITHDRAWN).do("close", Hat.HEAD), "post_closed")
    assert "Personne n’y a pris de fonctions" in text
    assert f"peut contester cette décision {COURT} sa réception" in text
    assert "tribunal administratif" in text


# Requests and answers.


def test_a_request_gets_a_number_and_its_next_step():
    life = life_of("na-2024").to(State.NOTIFIED).later(5).do("ask_deferral", Hat.RECRUITER)
    mail = written(life, "request_received", request="R1")
    text = flat(mail.body)
    assert "n° NA-2024-007-R1" in mail.subject
    assert "Numéro : NA-2024-007-R1" in text
    assert "Reçue le : 27 juillet 2024" in text
    assert "Prise de fonctions proposée : 1er janvier 2025" in text
    assert "la prise de fonctions reste prévue le 1er novembre 2024" in text


def test_a_proposal_lists_what_it_still_lacks():
    life = life_of("cvl-ville-hopital").to(State.WITHDRAWN)
    life.do("propose_replacement", Hat.RECRUITER, letter=True, repercussions=None)
    request = life.dossier.requests[-1].id
    text = read(life, "request_received", request=request)
    assert "lettre qui donne" not in text
    assert "déclaration qui dit si le changement a des répercussions" in text
    assert "- CV ;" in text
    life.deliver(Hat.RECRUITER)
    text = read(life, "request_received", request=request)
    assert "déclaration qui dit si le changement a des répercussions" in text
    assert "- CV" not in text


def test_the_reason_of_a_departure_is_never_in_a_mail():
    life = life_of("na-2024").to(State.WITHDRAWN)
    reason = "autre poste hospitalier"
    assert life.dossier.vacancy is not None
    assert life.dossier.vacancy.reason.label == reason
    request = life.dossier.requests[-1].id
    assert reason not in read(life, "withdrawal_recorded") + read(life, "request_received", request=request)


def test_the_proposal_of_a_repayment_gives_its_amounts_and_decides_nothing():
    mail = written(life_of("na-2024").to(State.CLAWBACK), "repayment_proposed")
    text = flat(mail.body)
    assert "22\u202f748,53\u00a0€" in mail.subject
    assert "Versé : 45 497,06 €" in text
    assert "Mois servis : 22 748,53 €" in text
    assert f"Lecture « {RepaymentReading.PRORATA.asks} » : 22 748,53 €" in text
    assert "une personne décide de chaque étape" in text
    assert "délégués" not in text


def test_the_proposal_of_an_overpayment_tells_its_own_calculation():
    life = in_post("na-2024", WHOLE + 500).do("open_overpayment", Hat.INSTRUCTOR)
    text = flat(written(life, "repayment_proposed").body)
    assert "Le poste a reçu plus que ce que prévoit son échéancier" in text
    assert "Versé : 78 494,96 €" in text
    assert "Échéancier du poste : 77 994,96 €" in text
    assert "a pris fin" not in text
    assert "Lecture" not in text
    assert "lecture de la clause" not in text


def test_a_place_offered_is_not_an_award():
    life = life_of("na-2024").to(State.RESERVE).later(20).do("offer_place", Hat.HEAD)
    text = read(life, "place_offered")
    assert "classé au rang 4 de la liste complémentaire" in text
    assert "jusqu’au lundi 12 août 2024 inclus" in text
    assert "Ce courriel n’attribue pas encore la place" in text


# Reminders.


@pytest.mark.parametrize(
    ("day", "words"), [(30, "dans 15 jours"), (43, "dans 2 jours"), (44, "demain"), (45, "aujourd’hui")]
)
def test_the_reminder_of_a_draft_counts_the_days_left(day, words):
    life = life_of("na-2024").on(date(2024, 5, 1)).later(day - 1)
    text = read(life, "draft_reminder")
    assert f"L’appel ferme {words} : le dernier jour est le vendredi 14 juin 2024" in text
    assert "jusqu’à minuit, heure de Paris (clause NA-23 de l’appel)" in text
    assert "- avis du directeur (CHU des Tilleuls)." in text


def test_the_reminder_of_a_joint_draft_names_who_has_not_confirmed():
    life = life_of("ara-2017").on(date(2017, 4, 20)).do("confirm_deposit", Hat.RECRUITER)
    text = read(life, "draft_reminder")
    assert "N’a pas encore confirmé : CHU de la Sauge." in text
    assert "samedi 29 avril 2017" in text


def test_the_reminder_of_a_joint_draft_names_two_who_have_not_confirmed_in_the_plural():
    text = read(life_of("ara-2017").on(date(2017, 4, 20)), "draft_reminder")
    assert "N’ont pas encore confirmé : CH du Safran et CHU de la Sauge." in text


def test_the_reminders_of_pieces_list_only_what_is_still_missing():
    life = filed().on(date(2024, 6, 17))
    keys = (chef_de_pole(life), "filing/cv")
    for key in keys:
        life.do("judge_piece", Hat.INSTRUCTOR, key=key, verdict=PieceState.REFUSED, defect=Defect.UNREADABLE)
    life.do("request_pieces", Hat.INSTRUCTOR, keys=keys)
    life.on(date(2024, 6, 20)).do("receive_piece", Hat.CANDIDATE, keys=("filing/cv",))
    for name in ("pieces_reminder", "pieces_last_day"):
        text = read(life.on(date(2024, 6, 27)), name)
        assert "- avis du chef de pôle (CHU des Tilleuls)" in text
        assert "CV" not in text
        assert "mardi 2 juillet 2024" in text


# What has gone from the dossier.


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("L1", State.DRAFT),
        ("L4", State.SUBMITTED),
        ("pieces_reminder", State.SUBMITTED),
        ("pieces_last_day", State.COMPLETE),
        ("draft_reminder", State.SUBMITTED),
        ("place_offered", State.SELECTED),
        ("departure_announced", State.IN_POST),
        ("post_closed", State.WITHDRAWN),
        ("repayment_proposed", State.ENDED),
    ],
)
def test_a_mail_about_what_has_gone_is_not_written(name, state):
    with pytest.raises(NothingLeftToSayError, match=name):
        written(life_of("na-2024").to(state), name)


@pytest.mark.parametrize(("name", "request_id"), [("L3", "P9"), ("request_received", "R9"), ("request_refused", "R9")])
def test_a_mail_about_an_unknown_request_is_not_written(name, request_id):
    with pytest.raises(NothingLeftToSayError):
        written(filed(), name, request=request_id)


def test_a_draft_past_the_closing_is_not_reminded():
    with pytest.raises(NothingLeftToSayError):
        written(life_of("na-2024").on(date(2024, 6, 15)), "draft_reminder")


def test_a_mail_of_no_known_name_is_refused():
    with pytest.raises(UnknownMailError, match=r"mails/\.\./L1"):
        written(filed(), "mails/../L1")


# The envelope.


def test_the_envelope_names_the_authority_and_the_cause():
    life = filed("idf-2025")
    mail = written(life, "L1")
    assert mail.sender == f"ARS Île-de-France <{MAIL_FROM}>"
    assert mail.recipients == (CAPUCINE,)
    assert mail.at == life.now
    assert mail.message_id == "<3f0c2f0e-6f0b-4d8e-9a39-0c8f3f1b7a11@temps-partage.example>"


def test_the_settings_may_name_the_sender():
    named = "Assistants partagés <assistants@temps-partage.example>"
    assert written(filed(), "L1", mail_from=named).sender == named


def test_a_specialty_nobody_knows_is_left_out():
    life = filed()
    assert "Spécialité : gériatrie" in read(life, "L1")
    assert "Spécialité" not in read(life.changed(specialty="botanique"), "L1")
    assert "Spécialité" not in read(life.changed(specialty=None), "L1")


def test_a_mail_written_again_is_the_same():
    assert written(asked(), "L3", request="P1") == written(asked(), "L3", request="P1")


def test_no_call_of_the_house_leaves_a_mail_without_a_contact():
    for call_id in ("na-2024", "idf-2025", "cvl-ville-hopital", "ara-2017", "guyane-2020"):
        authority = call_of(call_id).authority
        text = read(life_of(call_id).to(State.SUBMITTED), "L2")
        assert authority.name in text
        assert (authority.email or f"{PUBLIC_URL}/dossiers/") in text
