"""Replies are parted in every language we read, whatever program wrote them; a person's own words stay."""

from __future__ import annotations

import pytest

from dsar.formats.mail import read_mail
from dsar.formats.quoting import part_reply

WROTE = [
    "On Mar 3, 2026, at 10:15 AM, Privacy <p@x.example> wrote:",
    "Am 03.03.2026 um 10:15 schrieb Privacy <p@x.example>:",
    "Le mar. 3 mars 2026 à 10:15, Privacy <p@x.example> a écrit :",
    "El mar, 3 mar 2026 a las 10:15, Privacy (<p@x.example>) escribió:",
    "Il giorno mar 3 mar 2026 alle ore 10:15 Privacy <p@x.example> ha scritto:",
    "Op di 3 mrt 2026 om 10:15 schreef Privacy <p@x.example>:",
    "Em ter., 3 de mar. de 2026 às 10:15, Privacy <p@x.example> escreveu:",
    "Privacy <p@x.example> escreveu (terça, 3/03/2026 à(s) 10:15):",
    "W dniu 3.03.2026 o 10:15, Privacy pisze:",
    "Dne 03. 03. 26 v 10:15 Privacy <p@x.example> napsal(a):",
    "Dana uto, 3. ožu 2026. u 10:15 Privacy <p@x.example> je napisao/la:",
    "dne tor., 3. mar. 2026 ob 10:15 je Privacy <p@x.example> napisal/a:",
    "Στις 3/3/26 10:15 π.μ., ο/η Privacy έγραψε:",
    "Den 3 mars 2026 10:15 skrev Privacy <p@x.example>:",
    "În data de mar., 3 mar. 2026 la 10:15, Privacy <p@x.example> a scris:",
    "На 3.03.26 г. в 10:15 ч., Privacy написа:",
    "2026年3月3日(火) 10:15 Privacy <p@x.example>:",
    "2026/03/03 10:15、Privacy <p@x.example>のメール：",
    "在 2026年3月3日，10:15，Privacy <p@x.example> 写道：",
    "Privacy <p@x.example> 于2026年3月3日周二 10:15写道：",
    "於 2026年3月3日 週二 上午10:15寫道：",
    "вт, 3 мар. 2026 г. в 10:15, Privacy <p@x.example>:",
]
MARKERS = [
    "-----Original Message-----", "-----Ursprüngliche Nachricht-----", "-----Message d'origine-----",
    "-----Mensaje original-----", "-----Messaggio originale-----", "-----Oorspronkelijk bericht-----",
    "-----Mensagem original-----", "-----Wiadomość oryginalna-----", "-----Původní zpráva-----",
    "-----Izvorna poruka-----",
    "-----Αρχικό μήνυμα-----", "-----Ursprungligt meddelande-----", "-----Mesaj original-----",
    "-----Оригинално съобщение-----", "-----元のメッセージ-----", "------------------ 原始邮件 ------------------",
]  # fmt: skip
BLOCKS = [
    "From: A <a@b.example>\nSent: Tuesday, March 3, 2026 10:15\nTo: x\nSubject: y",
    "Von: A <a@b.example>\nGesendet: Dienstag, 3. März 2026 10:15\nAn: x\nBetreff: y",
    "De : A <a@b.example>\nEnvoyé : mardi 3 mars 2026 10:15\nÀ : x\nObjet : y",
    "De: A <a@b.example>\nEnviado el: martes, 3 de marzo de 2026 10:15\nPara: x\nAsunto: y",
    "Da: A <a@b.example>\nInviato: martedì 3 marzo 2026 10:15\nA: x\nOggetto: y",
    "Van: A <a@b.example>\nVerzonden: dinsdag 3 maart 2026 10:15\nAan: x\nOnderwerp: y",
    "De: A <a@b.example>\nEnviada: 3 de março de 2026 10:15\nPara: x\nAssunto: y",
    "Od: A <a@b.example>\nWysłano: wtorek, 3 marca 2026 10:15\nDo: x\nTemat: y",
    "Od: A <a@b.example>\nOdesláno: úterý 3. března 2026 10:15\nKomu: x\nPředmět: y",
    "Od: A <a@b.example>\nPoslano: utorak, 3. ožujka 2026. 10:15\nPrima: x\nPredmet: y",
    "Από: A <a@b.example>\nΣτάλθηκε: Τρίτη, 3 Μαρτίου 2026 10:15\nΠρος: x\nΘέμα: y",
    "Från: A <a@b.example>\nSkickat: den 3 mars 2026 10:15\nTill: x\nÄmne: y",
    "De la: A <a@b.example>\nTrimis: marți, 3 martie 2026 10:15\nCătre: x\nSubiect: y",
    "От: A <a@b.example>\nИзпратено: вторник, 3 март 2026 г. 10:15\nДо: x\nОтносно: y",
    "差出人: A <a@b.example>\n送信日時: 2026年3月3日 10:15\n宛先: x\n件名: y",
    "发件人：A <a@b.example>\n日期：2026年3月3日\n收件人：x\n主题：y",
]
DEVICES = [
    "Sent from my iPhone", "Von meinem iPhone gesendet", "Envoyé de mon iPhone", "Enviado desde mi iPhone",
    "Inviato da iPhone",
    "Verstuurd vanaf mijn iPhone", "Enviado do meu iPhone", "Wysłane z iPhone’a", "Odesláno z iPhonu",
    "Poslano s iPhonea",
    "Στάλθηκε από το iPhone μου", "Skickat från min iPhone", "Trimis de pe iPhone-ul meu", "Изпратено от моя iPhone",
    "iPhoneから送信", "发自我的iPhone", "Get Outlook for iOS", "Outlook für Android beziehen",
    "Télécharger Outlook pour iOS",
]  # fmt: skip
NOTICES = [
    "This e-mail is confidential and for the addressee alone. If you have received it in error, please delete it.",
    "Diese E-Mail enthält vertrauliche Daten. Wenn Sie nicht der richtige Adressat sind, löschen Sie diese Nachricht.",
    "Ce message est confidentiel, pour son seul destinataire. Si vous l'avez reçu par erreur, merci de le supprimer.",
    "Este mensaje es confidencial. Si lo ha recibido por error, le rogamos que lo elimine y borre todos los datos.",
    "Questo messaggio contiene informazioni riservate. Se ricevuto per errore, si prega di cancellare il messaggio.",
    "Dit bericht is vertrouwelijk. Indien u dit bericht abusievelijk ontvangt, verzoeken wij u het te verwijderen.",
    "Esta mensagem é confidencial. Se a recebeu por engano, por favor elimine-a do seu sistema sem a ler.",
    "Wiadomość jest poufna i przeznaczona dla adresata. Jeżeli otrzymali ją Państwo omyłkowo, prosimy o jej usunięcie.",
    "Tato zpráva je důvěrná a určena pouze adresátovi. Pokud jste ji obdrželi omylem, smažte ji prosím.",
    "Ova poruka je povjerljiva i namijenjena primatelju. Ako ste je primili greškom, molimo da je izbrišete.",
    "Το μήνυμα είναι εμπιστευτικό και προορίζεται για τον παραλήπτη. Αν το λάβατε κατά λάθος, διαγράψτε το.",
    "Meddelandet är konfidentiellt och avsett för mottagaren. Om du fått det av misstag, vänligen radera det.",
    "Acest mesaj este confidențial. Dacă l-ați primit din greșeală, vă rugăm să îl ștergeți din sistem.",
    "Това съобщение е поверително. Ако сте го получили по погрешка, моля изтрийте го.",
    "本メールには機密情報が含まれている場合があります。誤って受信された場合は、速やかに削除してください。",
    "本邮件含有保密信息，仅限于发送给收件人。如果您错误地收到本邮件，请立即删除。",
]


@pytest.mark.parametrize("introduction", [*WROTE, *MARKERS, *BLOCKS])
def test_what_is_answered_is_kept_apart(introduction: str) -> None:
    parted = part_reply(f"Yes, please.\n\n{introduction}\n\nMay we delete it?\n")
    assert parted.text == "Yes, please."
    assert parted.quoted.endswith("May we delete it?")


@pytest.mark.parametrize("introduction", [*WROTE, *MARKERS, *BLOCKS])
def test_what_is_passed_on_is_not_lost(introduction: str) -> None:
    parted = part_reply(f"{introduction}\n\nDelete my data.\n\nZoe\n")
    assert parted.text == ""
    assert "Delete my data.\n\nZoe" in parted.quoted


@pytest.mark.parametrize("introduction", WROTE)
def test_an_answer_below_or_between_is_the_persons(introduction: str) -> None:
    parted = part_reply(f"{introduction}\n> May we?\n\nYes.\n\n> And this?\n\nNo.\n")
    assert parted.text == "Yes.\n\nNo."


@pytest.mark.parametrize("line", DEVICES)
def test_a_device_signs_for_itself(line: str) -> None:
    parted = part_reply(f"Delete it.\n\n{line}\n")
    assert (parted.text, parted.signature) == ("Delete it.", line)


@pytest.mark.parametrize("notice", NOTICES)
@pytest.mark.parametrize("gap", ["\n\n", "\n\n-- \nZoe\n\n"])
def test_a_firms_notice_is_nobodys_wish(notice: str, gap: str) -> None:
    parted = part_reply(f"Where is my kettle?{gap}{notice}\n")
    assert (parted.text, parted.notice) == ("Where is my kettle?", notice)
    assert notice not in parted.signature


@pytest.mark.parametrize(
    "letter",
    [
        "I received a confidential letter in error, meant for another addressee. Which data of mine went to strangers?",
        "Ich habe irrtümlich einen vertraulichen Brief an einen anderen Empfänger erhalten. Bitte löschen Sie alles.",
        "J'ai reçu par erreur un message confidentiel dont un autre est le destinataire. Supprimez mes données.",
        "Treat this as confidential and delete my data.",
        "2026-03-03 10:15: I wrote to <p@x.example> and had no answer.",
        "Sent with this letter: a copy of my passport.",
        "在线写道理很难。",
        "From: the day I joined\nTo: today\nI want all data.",
        "> I quote nobody, I only like this sign",
    ],
)
def test_a_persons_words_are_never_set_aside(letter: str) -> None:
    parted = part_reply(letter)
    assert parted.text == letter or (letter.startswith(">") and parted.quoted == letter)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<div>Yes.</div><div class="gmail_quote"><div class="gmail_attr">On 3 Mar 2026 at 10:15, A &lt;<a href='
         '"mailto:a@x.example">a@x.example</a>&gt; wrote:<br></div>'
         '<blockquote class="gmail_quote">Sure?</blockquote></div>',
         "Yes."),
        ('<p>Yes.</p><hr><div id="divRplyFwdMsg"><b>Afsendur:</b> A<br><b>Sent ut:</b> x</div><div>Sure?</div>',
        "Yes."),
        ('<p>Yes.</p><div style="border-top:solid #E1E1E1 1.0pt"><p><b>Von:</b> A<br><b>Gesendet:</b> x<br>'
         '<b>An:</b> y<br><b>Betreff:</b> z</p></div><p>Sure?</p>', "Yes."),
        ("<div>Yes.</div><blockquote type='cite'><div>On 3 Mar 2026, at 10:15, A &lt;a@x.example&gt; wrote:</div>"
         "<div>Sure?</div></blockquote>", "Yes."),
        ("<blockquote>Sure?</blockquote><p>Yes.</p>", "Yes."),
    ],
)  # fmt: skip
def test_replies_in_html(html: str, text: str) -> None:
    read = read_mail(b"From: z@x.example\nSubject: Re: x\nContent-Type: text/html; charset=utf-8\n\n" + html.encode())
    assert read.text == text
    assert "Sure?" in read.quoted
