"""The words mail programs of Europe put before an older message, as tables to be read and extended.

How a message is cut at them is for ``quoting``.
"""

from __future__ import annotations

# "On 3 March 2026 at 10:15, Ada Example <ada@…> wrote:": the verb, by language.
WROTE = (
    ("en", "wrote"), ("de", "schrieb"), ("fr", "a écrit"), ("es", "escribió"), ("it", "ha scritto"),
    ("pt", "escreveu"), ("nl", "schreef"), ("nl", "heeft geschreven"), ("pl", "napisał"), ("pl", "napisała"),
    ("pl", "napisał(a)"), ("pl", "pisze"), ("cs", "napsal"), ("cs", "napsala"), ("cs", "napsal(a)"),
    ("sk", "napísal"), ("sk", "napísala"), ("sk", "napísal(a)"), ("sl", "napisal"), ("sl", "napisala"),
    ("sl", "je napisal/-a"), ("hr", "napisao"), ("hr", "napisala"), ("hr", "napisao/la"), ("hr", "piše"),
    ("ro", "a scris"), ("el", "έγραψε"), ("bg", "написа"), ("sv", "skrev"), ("da", "skrev"), ("nb", "skrev"),
    ("fi", "kirjoitti"), ("et", "kirjutas"), ("lv", "rakstīja"), ("lt", "rašė"), ("hu", "ezt írta"),
    ("ca", "va escriure"), ("ga", "scríobh"), ("mt", "kiteb"), ("uk", "пише"), ("tr", "şunu yazdı"),
)  # fmt: skip

# How such a line may begin, where it is broken over two or three lines.
WROTE_BEGINS = (
    "on", "am", "le", "el", "il", "em", "a", "no dia", "op", "w dniu", "dnia", "dne", "dňa", "v", "po", "út", "st",
    "čt", "pá", "so", "ne", "pon", "pon.", "uto", "sri", "čet", "pet", "sub", "ned", "dana", "în", "pe", "στις", "la",
    "на", "den", "d.", "ma", "ti", "ke", "to", "pe", "su", "kuupäeval", "mån", "tis", "ons", "tors", "fre", "lör",
    "sön", "tir", "tor", "lør", "søn", "man", "lun", "mar", "mer", "jeu", "ven", "sam", "dim", "mié", "jue", "vie",
    "sáb", "dom", "gio", "sab", "seg", "ter", "qua", "qui", "sex", "di", "wo", "do", "vr", "za", "zo", "mo", "mi", "fr",
    "sa", "śr", "czw", "pt", "pt.", "niedz", "wt",
)  # fmt: skip

# The marker line of an older or a forwarded message, without its dashes.
MARKERS = frozenset({
    "original message", "original email", "forwarded message", "begin forwarded message",
    "ursprüngliche nachricht", "originalnachricht", "original-nachricht", "weitergeleitete nachricht",
    "anfang der weitergeleiteten nachricht", "message d'origine", "message d’origine", "message original",
    "message transféré", "message réexpédié", "début du message réexpédié", "début du message transféré",
    "mensaje original", "mensaje reenviado", "inicio del mensaje reenviado", "messaggio originale",
    "messaggio inoltrato", "inizio messaggio inoltrato", "mensagem original", "mensagem encaminhada",
    "mensagem reencaminhada", "início da mensagem reencaminhada", "oorspronkelijk bericht",
    "doorgestuurd bericht", "begin doorgestuurd bericht", "wiadomość oryginalna", "oryginalna wiadomość",
    "wiadomość przesłana dalej", "przekazana wiadomość", "původní zpráva", "přeposlaná zpráva",
    "pôvodná správa", "preposlaná správa", "izvirno sporočilo", "posredovano sporočilo", "izvorna poruka",
    "proslijeđena poruka", "mesaj original", "mesajul original", "mesaj redirecționat", "mesaj redirectionat",
    "αρχικό μήνυμα", "προωθημένο μήνυμα", "оригинално съобщение", "препратено съобщение",
    "ursprungligt meddelande", "originalmeddelande", "vidarebefordrat meddelande", "vidarebefordrat mejl",
    "oprindelig meddelelse", "videresendt meddelelse", "opprinnelig melding", "videresendt melding",
    "alkuperäinen viesti", "välitetty viesti", "edelleenlähetetty viesti", "algne kiri", "edastatud kiri",
    "sākotnējais ziņojums", "pārsūtītā ziņa", "pradinis pranešimas", "persiųstas pranešimas",
    "eredeti üzenet", "továbbított üzenet",
})  # fmt: skip

# Marker lines that programs write without any dashes.
UNDASHED = ("begin", "anfang", "début", "inicio", "inizio", "início")

# Field names of the block that Outlook and others put above an older message.
FROM = frozenset({
    "from", "von", "de", "da", "van", "od", "fra", "från", "lähettäjä", "feladó", "από", "от", "de la", "šalje",
    "saatja", "nuo", "expéditeur", "afzender", "nadawca", "odesílatel", "odosielateľ", "pošiljatelj", "expeditor",
})  # fmt: skip
DATED = frozenset({
    "sent", "date", "gesendet", "datum", "envoyé", "envoyé le", "enviado", "enviado el", "enviada em", "enviado em",
    "fecha", "data", "inviato", "data invio", "verzonden", "wysłano", "odesláno", "odoslané", "poslano", "sendt",
    "dato", "skickat", "lähetetty", "päiväys", "päivämäärä", "elküldve", "dátum", "στάλθηκε", "ημερομηνία",
    "ημ/νία", "trimis", "dată", "изпратено", "дата", "saadetud", "kuupäev", "nosūtīts", "datums", "išsiųsta",
})  # fmt: skip
ABOUT = frozenset({
    "subject", "betreff", "objet", "asunto", "oggetto", "assunto", "onderwerp", "temat", "předmět", "predmet",
    "emne", "ämne", "aihe", "tárgy", "θέμα", "subiect", "тема", "относно", "teema", "tēma", "tema", "zadeva",
})  # fmt: skip

# Lines a telephone signs with, at their beginning.
SIGNED_BY_DEVICE = (
    "sent from my ", "sent from outlook", "sent from yahoo", "get outlook for ", "von meinem iphone gesendet",
    "von meinem ipad gesendet", "gesendet von meinem ", "gesendet mit der ", "diese nachricht wurde von meinem ",
    "envoyé de mon ", "envoyé depuis mon ", "enviado desde mi ", "enviado do meu ", "enviado a partir do ",
    "inviato da ", "inviato dal mio ", "verstuurd vanaf mijn ", "verzonden vanaf mijn ", "wysłane z ",
    "odesláno z ", "odoslané z ", "poslano s ", "poslano z ", "trimis de pe ", "στάλθηκε από το ", "skickat från min ",
    "sendt fra min ", "lähetetty ", "az iphone-omról küldve", "saadetud minu ",
)  # fmt: skip
