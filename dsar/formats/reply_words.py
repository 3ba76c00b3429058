"""The words mail programs put before an older message and below a new one, as tables to be read and extended.

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

# The same in scripts that put no blanks between words.
WROTE_JOINED = ("写道", "寫道", "のメール", "さんが書きました", "님이 작성", "작성")

# How such a line may begin, where it is broken over two or three lines.
WROTE_BEGINS = (
    "on", "am", "le", "el", "il", "em", "a", "no dia", "op", "w dniu", "dnia", "dne", "dňa", "v", "po", "út", "st",
    "čt", "pá", "so", "ne", "pon", "pon.", "uto", "sri", "čet", "pet", "sub", "ned", "dana", "în", "pe", "στις", "la",
    "на", "den", "d.", "ma", "ti", "ke", "to", "pe", "su", "kuupäeval", "mån", "tis", "ons", "tors", "fre", "lör",
    "sön", "tir", "tor", "lør", "søn", "man", "lun", "mar", "mer", "jeu", "ven", "sam", "dim", "mié", "jue", "vie",
    "sáb", "dom", "gio", "sab", "seg", "ter", "qua", "qui", "sex", "di", "wo", "do", "vr", "za", "zo", "mo", "mi",
    "fr",
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
    "eredeti üzenet", "továbbított üzenet", "原始邮件", "邮件原件", "原始郵件", "转发邮件", "转发的邮件消息",
    "转发的邮件",
    "轉寄郵件", "転送メッセージ", "転送されたメッセージ", "元のメッセージ", "オリジナルメッセージ", "원본 메시지",
    "전달된 메시지", "исходное сообщение", "пересылаемое сообщение", "původní e-mail", "izvorna e-pošta",
})  # fmt: skip

# Marker lines that programs write without any dashes.
UNDASHED = ("begin", "anfang", "début", "inicio", "inizio", "início")

# Field names of the block that Outlook and others put above an older message.
FROM = frozenset({
    "from", "von", "de", "da", "van", "od", "fra", "från", "lähettäjä", "feladó", "από", "от", "de la", "šalje",
    "saatja", "nuo", "expéditeur", "afzender", "nadawca", "odesílatel", "odosielateľ", "pošiljatelj", "expeditor",
    "αποστολέας", "avsändare", "afsender", "mittente", "remitente", "remetente", "absender", "подател", "差出人",
    "送信者",
    "发件人", "寄件者", "寄件人", "보낸 사람", "отправитель",
})  # fmt: skip
DATED = frozenset({
    "sent", "date", "gesendet", "datum", "envoyé", "envoyé le", "enviado", "enviado el", "enviada em", "enviado em",
    "fecha", "data", "inviato", "data invio", "verzonden", "wysłano", "odesláno", "odoslané", "poslano", "sendt",
    "dato", "skickat", "lähetetty", "päiväys", "päivämäärä", "elküldve", "dátum", "στάλθηκε", "ημερομηνία",
    "ημ/νία", "trimis", "trimis la", "enviada", "enviado às", "αποστολή", "изпратен", "изпратена", "отправлено",
    "送信日時", "日付", "日時", "发送时间", "日期", "发送日期", "時間", "时间", "寄件日期", "傳送日期", "보낸 날짜",
    "날짜",
    "dată", "изпратено", "дата", "saadetud", "kuupäev", "nosūtīts", "datums", "išsiųsta",
})  # fmt: skip
ABOUT = frozenset({
    "subject", "betreff", "objet", "asunto", "oggetto", "assunto", "onderwerp", "temat", "předmět", "predmet",
    "emne", "ämne", "aihe", "tárgy", "θέμα", "subiect", "тема", "относно", "件名", "主题", "主旨", "主題", "제목",
    "teema", "tēma", "tema", "zadeva",
})  # fmt: skip

# Lines a telephone signs with, at their beginning.
SIGNED_BY_DEVICE = (
    "sent from my ", "sent from outlook", "sent from yahoo", "get outlook for ", "von meinem iphone gesendet",
    "von meinem ipad gesendet", "gesendet von meinem ", "gesendet mit der ", "diese nachricht wurde von meinem ",
    "envoyé de mon ", "envoyé depuis mon ", "enviado desde mi ", "enviado do meu ", "enviado a partir do ",
    "inviato da ", "inviato dal mio ", "verstuurd vanaf mijn ", "verzonden vanaf mijn ", "wysłane z ",
    "odesláno z ", "odoslané z ", "poslano s ", "poslano z ", "trimis de pe ", "στάλθηκε από το ",
    "skickat från min ",
    "sendt fra min ", "lähetetty ", "az iphone-omról küldve", "saadetud minu ", "sent from mail for ",
    "sent via blackberry",
    "sent with proton", "sent with spark", "gesendet von mail für ", "gesendet von outlook", "gesendet mit outlook",
    "outlook für ", "télécharger outlook ", "obtenez outlook ", "obtener outlook ", "ottieni outlook ",
    "outlook voor ",
    "download outlook ", "obter o outlook ", "pobierz aplikację outlook", "pobierz program outlook", "získat outlook",
    "получаване на outlook", "λήψη του outlook", "hämta outlook ", "obțineți outlook", "preuzmite outlook",
    "envoyé à partir d", "enviado desde correo ", "enviado desde outlook", "enviado desde yahoo",
    "enviado do correio ",
    "verzonden vanuit ", "изпратено от моя ", "изпратено от iphone", "изпратено от мой", "iphoneから送信",
    "ipadから送信",
    "androidから送信", "发自我的", "發自我的", "從我的", "寄自我的", "获取 outlook", "取得 outlook",
    "отправлено с ", "나의 iphone에서",
)  # fmt: skip
