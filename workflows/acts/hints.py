"""When to use each act: one sentence, for somebody who hesitates between two of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

HINTS: Mapping[str, str] = MappingProxyType(
    {
        # filing
        "edit_draft": "Tant que le dossier n’est pas déposé : tout peut encore être changé.",
        "confirm_deposit": "Quand plusieurs déposent ensemble : chacun dit qu’il dépose ce dossier, tel qu’il est.",
        "submit": "Quand le brouillon est prêt : l’agence le reçoit à cet instant, et il ne se modifie plus.",
        "register_received": "Quand un dossier arrive par courriel, par la poste ou en main propre.",
        "request_pieces": "Quand il manque des pièces : le déposant reçoit la liste et un délai.",
        "receive_piece": "Pour joindre un document que l’appel demande, ou remplacer celui qui ne convenait pas.",
        "judge_piece": "Quand un document est arrivé : dire s’il convient.",
        "declare_complete": "Quand toutes les pièces exigées conviennent : le dossier peut aller en commission.",
        "reopen": "Quand une pièce manque après coup : le dossier revient à l’état déposé.",
        "declare_inadmissible": "Quand une règle de l’appel écarte le dossier, quel que soit son intérêt.",
        # committee
        "put_to_committee": "Quand le dossier est complet : la fiche d’instruction est figée pour cette séance.",
        "take_back": "Quand le dossier ne doit pas passer à cette séance ; seulement avant l’avis.",
        "record_opinion": "Après la séance : reporter l’avis et le rang du procès-verbal.",
        "select": "Quand le poste sera financé : une place est prise dans chaque contingent.",
        "put_on_reserve": "Quand l’avis est favorable et que les places manquent : le dossier attend, avec son rang.",
        "offer_place": "Quand une place revient : la proposer au dossier, avec une date de réponse.",
        "answer_offer": "Quand l’agence propose une place de la liste complémentaire : la prendre ou la laisser.",
        "reject": "Quand le poste ne sera pas financé : les motifs sont donnés à la personne concernée.",
        "confirm_place": "Quand le contingent est enfin connu et couvre une place donnée sous réserve.",
        "back_to_reserve": "Quand le contingent est plus petit que prévu : la place sous réserve est reprise.",
        "recount_place": "La machine compte la place dans les contingents arrivés ou changés depuis.",
        "write_schedule": "La machine écrit au compte ce qu’une version de l’appel a changé de l’échéancier.",
        # award
        "notify": (
            "Quand la décision est prête à signer : les lettres sont à signer et à envoyer, le délai d’acceptation "
            "court du jour où chacun reçoit la sienne."
        ),
        "accept_award": "Quand l’attribution vous convient : le candidat et le recruteur répondent chacun.",
        "meet_condition": "Quand la preuve attendue par une attribution sous condition est arrivée.",
        "name_candidate": "Quand le poste a été attribué sans nom et que le médecin est trouvé.",
        "identify_candidate": "Pour compléter ce que l’on sait du médecin : RPPS, Ordre, titre.",
        "give_notice": "Avant de constater une caducité : les intéressés sont prévenus et peuvent répondre.",
        "answer_notice": "Quand un courrier contradictoire attend une réponse : chaque destinataire donne la sienne.",
        "lapse": "Quand l’attribution tombe : chacun a répondu au courrier contradictoire, ou laissé passer son délai.",
        "reexamine": "Quand un recours, un jugement ou une décision de l’agence remet en cause un refus.",
        # requests
        "report_withdrawal": "Quand le médecin renonce au poste ou le quitte, et qu’un autre peut venir.",
        "propose_replacement": "Quand le poste est vacant ou va l’être : proposer un autre médecin à l’agence.",
        "ask_deferral": "Quand la prise de fonctions doit être retardée : à demander avant la date prévue.",
        "declare_early_end": "Quand le médecin quitte le poste avant son terme, et que le poste s’arrête là.",
        "examine_request": "Quand une demande arrive : dire qu’elle est à l’examen, et noter l’avis de la présidence.",
        "refuse_request": "Quand la demande n’est pas acceptée : son auteur en reçoit la réponse.",
        "cancel_request": "Quand la demande a été faite par erreur ou n’a plus d’objet.",
        # the life of a post
        "record_start": "Quand le contrat et le procès-verbal d’installation sont acceptés : le financement commence.",
        "defer": "Quand une prise de fonctions plus tardive est acceptée.",
        "confirm_presence": "Avant chaque versement : dire que le médecin occupe toujours le poste.",
        "record_end": "Le dernier jour est passé et le poste s’arrête, à son terme ou avant.",
        "change_contract_share": "Quand le contrat change de part d’un temps plein, à partir d’un jour.",
        "waive_distance": "Quand un lieu trop proche doit compter pour la prime, sur proposition du directeur.",
        "extend": "Quand le contrat va plus loin, après un congé par exemple : les mois ajoutés ne sont pas financés.",
        "renew": "Quand le même projet continue avec le même médecin : un nouveau dossier, lié à celui-ci, s’ouvre.",
        "withdraw": "Le départ a pris effet et le poste reste à pourvoir : il devient vacant.",
        "announce_departure": "Le départ est certain mais à venir : la machine changera l’état le jour venu.",
        "cancel_departure": "Quand un départ annoncé n’aura finalement pas lieu.",
        "agree_replacement": "Quand un départ est annoncé et que le médecin suivant, déjà proposé, convient.",
        "replace": "Quand le poste est vacant et que le médecin proposé convient.",
        "close": "Quand personne ne reprendra le poste : la place peut revenir à un autre dossier.",
        # money
        "notify_money": "Quand le montant est arrêté : le recruteur apprend ce que l’agence versera.",
        "record_tranche": "Quand des crédits ont été délégués au recruteur.",
        "record_payment": "Quand une tranche a été payée, en tout ou en partie : noter quand, et à qui.",
        "reduce_tranche": "Quand une tranche déléguée ne sera pas versée en entier : dire ce qui n’en est plus dû.",
        "record_opening": "Quand le poste a commencé ailleurs : reprendre ses tranches, et ce qui en est versé.",
        "correct_ledger_entry": "Quand une écriture, un titre ou un paiement est une erreur : une autre l’annule.",
        "contest_line": "Quand une ligne du compte semble fausse : l’agence répond, rien ne change d’ici là.",
        "answer_contest": "Quand une ligne est contestée : dire si elle est juste, ou par quel acte la corriger.",
        "open_clawback": "La machine ouvre une proposition quand des mois payés n’ont pas été servis.",
        "open_overpayment": "Quand plus que l’échéancier a été versé et que la machine ne l’a pas proposé.",
        "start_contradictory": "Quand le calcul est vérifié : le recruteur reçoit le constat et peut y répondre.",
        "record_remarks": "Quand le recruteur répond au constat : ses observations sont lues avant la décision.",
        "decide_repayment": "Quand le recruteur a répondu, ou que son délai est passé : fixer le montant à reverser.",
        "drop_repayment": "Quand rien ne sera demandé, au vu du calcul ou des observations.",
        "request_title": "Quand le montant est décidé : demander à l’agent comptable d’émettre le titre.",
        "record_title": "Quand l’agent comptable a émis le titre : noter son numéro.",
        "record_title_receipt": "Quand le débiteur a reçu le titre : le délai de réclamation court de ce jour.",
        "use_other_vehicle": "Quand la somme revient autrement : décision modificative, compensation ou titre.",
        "record_repaid": "Quand le recruteur a payé, ou que la décision modificative a repris, tout ou partie.",
        "offset_repayment": "Quand la somme se prend sur une tranche à verser : les deux comptes en gardent trace.",
        "record_refund": "Quand le recruteur a payé plus qu’il ne devait après tout : noter ce qui lui est rendu.",
        "prepare_relief": (
            "Avant d’abandonner, de réduire, de remettre ou d’admettre en non-valeur : une personne prépare, une autre "
            "accorde."
        ),
        "reduce_repayment": "Quand la somme, ou une partie, n’était pas due : le calcul était faux.",
        "remit_repayment": "Quand l’autorité renonce à une somme due, à la demande du recruteur.",
        "write_off_repayment": "Quand la somme ne sera pas recouvrée : elle reste due, l’agence cesse de l’attendre.",
        "file_claim": "Quand le recruteur conteste la somme : sa réclamation reste à côté, avec son délai.",
        "answer_claim": "Quand une réclamation attend : acceptée, même en partie, elle réduit la somme.",
        "settle": "Quand plus rien n’est à payer : le dossier redevient terminé.",
        "settle_overpayment": "Quand plus rien n’est à payer d’un trop-perçu : le dossier reste où il est.",
        "record_succession": "Quand une autre entité juridique succède au recruteur : elle reçoit, et elle doit.",
        # letters
        "ask_letter": "Quand quelqu’un a besoin d’un accusé, d’une attestation ou d’un bilan : il reste à préparer.",
        "file_message": "Quand un courrier ou un courriel arrive : il est gardé dans le dossier, avec sa date.",
        "record_proof": "Quand un avis de réception ou une signature est revenu : les délais partent de ce jour.",
        "withdraw_proof": "Quand une preuve enregistrée ne vaut pas : le courrier attend de nouveau la sienne.",
        # reminders
        "pause_reminders": "Quand les rappels gêneraient : ils attendent le jour dit, les délais légaux courent.",
        "resume_reminders": "Quand une pause n’a plus de raison d’être : les rappels reprennent aussitôt.",
        # corrections
        "revert": "Quand la dernière décision est une erreur et que rien n’est encore parti.",
        "rectify": "Quand la dernière décision est une erreur et qu’un courrier est déjà parti.",
    }
)
