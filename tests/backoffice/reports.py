"""Reports of mail systems about mails that they did not deliver, as several of them write."""

from __future__ import annotations

from uuid import UUID

from backoffice.services.returns import Returns

REFUSED = "bam@chataigne.example"
RETURNS = "retours@agence.example"
#: The key of the installation that wrote the mails these reports are about.
KEY = b"k" * 32


def _mail(headers: str, body: str) -> bytes:
    return f"{headers.strip()}\n\n{body.strip()}\n".replace("\n", "\r\n").encode()


def report(
    *,
    outbox: UUID | None = None,
    message_id: str = "<inconnu@ailleurs.example>",
    address: str = REFUSED,
    action: str = "failed",
    status: str = "5.1.1",
    said: str = "550 5.1.1 <bam@chataigne.example>: Recipient address rejected: User unknown",
) -> bytes:
    """A report as RFC 3464 has it; `outbox`: the row that its address names, and proves."""
    to = Returns(RETURNS, KEY).path(outbox) if outbox else RETURNS
    return _mail(
        f"""
Return-Path: <>
Date: Mon, 10 Jun 2024 14:20:00 +0200
From: MAILER-DAEMON@mail.example (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <20240610.1@mail.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B1"
""",
        f"""
--B1
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example. Your message could not be delivered.

--B1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example
Arrival-Date: Mon, 10 Jun 2024 14:15:00 +0200

Final-Recipient: rfc822; {address}
Original-Recipient: rfc822;{address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--B1
Content-Type: text/rfc822-headers

Message-ID: {message_id}
Subject: Dossier NA-2024-0001
To: {address}

--B1--
""",
    )


def exim(message_id: str) -> bytes:
    """A report of Exim: no fields, a header of its own, the mail below."""
    return _mail(
        f"""
Return-Path: <>
X-Failed-Recipients: {REFUSED}
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mail.example>
To: {RETURNS}
Subject: Mail delivery failed: returning message to sender
Date: Mon, 10 Jun 2024 14:20:00 +0200
""",
        f"""
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {REFUSED}
    host mx.chataigne.example [192.0.2.7]
    SMTP error from remote mail server after RCPT TO:<{REFUSED}>:
    550 5.1.1 Unknown user

------ This is a copy of the message, including all the headers. ------

Message-ID: {message_id}
To: {REFUSED}, capucine@bleuet.example
""",
    )


def qmail(message_id: str) -> bytes:
    """A report of qmail: words only."""
    return _mail(
        f"""
From: MAILER-DAEMON@mail.example
To: {RETURNS}
Subject: failure notice
Date: 10 Jun 2024 12:20:00 -0000
""",
        f"""
Hi. This is the qmail-send program at mail.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{REFUSED}>:
192.0.2.7 does not like recipient.
Remote host said: 550 sorry, no mailbox here by that name (#5.1.1)
Giving up on 192.0.2.7.

--- Below this line is a copy of the message.

Message-ID: {message_id}
To: {REFUSED}
""",
    )


def french(message_id: str) -> bytes:
    """A report in French, whose fields are in a text part and folded."""
    return _mail(
        f"""
From: postmaster@chataigne.example
To: {RETURNS}
Subject: =?utf-8?B?Tm9uIHJlbWlzwqA6IERvc3NpZXI=?=
In-Reply-To: {message_id}
Content-Type: multipart/report; report-type=delivery-status; boundary="B2"
""",
        f"""
--B2
Content-Type: text/html; charset=iso-8859-1

<p>Votre message n'a pas pu etre remis.</p>

--B2
Content-Type: text/x-delivery-status

Reporting-MTA: dns;mx.chataigne.example

final-recipient: RFC822;
 {REFUSED.upper()}
action: failed
status: 5.7.1

--B2--
""",
    )
