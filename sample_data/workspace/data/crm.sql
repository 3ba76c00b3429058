-- The customer database of Larkspur Connect, Inc. Everything in it is invented.
-- `dsar demo` turns this file into crm.sqlite; by hand: sqlite3 crm.sqlite < crm.sql
BEGIN;

-- Contracts of organisations. An account is not a person: A-1001 belongs to a shop with five seats.
CREATE TABLE accounts (
  account_id   TEXT PRIMARY KEY,
  name         TEXT NOT NULL,
  owner_email  TEXT NOT NULL,
  country      TEXT NOT NULL,
  plan         TEXT NOT NULL,
  opened_on    TEXT NOT NULL,
  status       TEXT NOT NULL
);
INSERT INTO accounts (account_id, name, owner_email, country, plan, opened_on, status) VALUES
  ('A-1001', 'Golden Gate Florists', 'ana.lindqvist@goldengateflorists.example', 'US', 'Team 5', '2023-01-09', 'active'),
  ('A-3001', 'QuickMeds', 'privacy@quickmeds.example', 'US', 'Platform', '2024-01-15', 'active'),
  ('A-3002', 'Bayline Rides', 'dpo@baylinerides.example', 'US', 'Platform', '2024-06-03', 'active'),
  ('A-3003', 'Harborline Dental', 'office@harborlinedental.example', 'US', 'Platform', '2025-02-24', 'active');

-- Contracts of private persons.
CREATE TABLE private_accounts (
  account_id   TEXT PRIMARY KEY,
  name         TEXT NOT NULL,
  owner_email  TEXT NOT NULL,
  country      TEXT NOT NULL,
  plan         TEXT NOT NULL,
  opened_on    TEXT NOT NULL,
  status       TEXT NOT NULL
);
INSERT INTO private_accounts (account_id, name, owner_email, country, plan, opened_on, status) VALUES
  ('A-1002', 'Annika Vogt', 'annika.vogt@postfach.example', 'DE', 'Solo', '2024-05-21', 'active'),
  ('A-1003', 'Gareth Pryce', 'gareth.pryce@brynmail.example', 'GB', 'Solo', '2024-08-02', 'active'),
  ('A-1004', 'Denise Okafor', 'denise.okafor@maplemail.example', 'US', 'Solo', '2025-01-17', 'active'),
  ('A-1005', 'Wesley Tan', 'wesley.tan@harbormail.example', 'US', 'Solo', '2023-11-30', 'active'),
  ('A-1006', 'Lucille Ferrante', 'lucille.ferrante@sunmail.example', 'US', 'Solo', '2024-02-14', 'active'),
  ('A-1007', 'Samuel Osei', 'samuel.osei@lakemail.example', 'US', 'Solo', '2025-03-08', 'active'),
  ('A-1008', 'Priscilla Yoon', 'priscilla.yoon@hillmail.example', 'US', 'Solo', '2025-06-19', 'active'),
  ('A-1009', 'Carmen Delacroix', 'carmen.delacroix@coastmail.example', 'US', 'Solo', '2024-10-11', 'active'),
  ('A-1010', 'skatefox11', 'skatefox11@kidmail.example', 'US', 'Free', '2026-09-05', 'active'),
  ('A-1011', 'caio_builds', 'caio.builds@kidmail.example', 'US', 'Free', '2026-08-22', 'active');

-- Logins, one per person.
CREATE TABLE seats (
  seat_id         TEXT PRIMARY KEY,   -- the customer number on letters
  account_id      TEXT NOT NULL,      -- in accounts or private_accounts
  full_name       TEXT NOT NULL,
  username        TEXT NOT NULL UNIQUE,
  password_hash   TEXT NOT NULL,
  email           TEXT NOT NULL,      -- as typed at sign-up: capitals and blanks included
  recovery_email  TEXT,
  direct_phone    TEXT,
  switchboard     TEXT,               -- the account's common number
  location        TEXT,
  birth_year      INTEGER,            -- as declared
  api_secret      TEXT,
  created_at      TEXT NOT NULL,
  status          TEXT NOT NULL       -- A active, L locked, C closed
);
INSERT INTO seats (seat_id, account_id, full_name, username, password_hash, email, recovery_email, direct_phone, switchboard, location, birth_year, api_secret, created_at, status) VALUES
  ('S-2001', 'A-1001', 'Maria Rivera', 'mrivera', 'pbkdf2$260000$9d1f6c0a77b2e4', ' Maria.Rivera@GoldenGateFlorists.example ', 'm.rivera.sf@bayletter.example', '(415) 555-0142', '+1 415 555 0100', 'San Francisco, CA', 1986, 'lk_live_5tq0rivera7731', '2024-03-01T17:20:00Z', 'A'),
  ('S-2002', 'A-1001', 'Ana Lindqvist', 'alindqvist', 'pbkdf2$260000$41aa0e93cd5510', 'ana.lindqvist@goldengateflorists.example', 'ana.l@fjordpost.example', '+14155550143', '+1 415 555 0100', 'San Francisco, CA', 1979, 'lk_live_8uh2lindq0914', '2023-01-09T18:02:00Z', 'A'),
  ('S-2003', 'A-1001', 'Ben Okonkwo', 'bokonkwo', 'pbkdf2$260000$c7712b90fe3d84', 'ben.okonkwo@goldengateflorists.example', NULL, '415-555-0144', '+1 415 555 0100', 'Daly City, CA', 1991, 'lk_live_1zz7okonk5520', '2024-09-16T16:45:00Z', 'A'),
  ('S-2004', 'A-1001', 'Chloe Tran', 'ctran', 'pbkdf2$260000$0b6ee5a2194c7f', 'chloe.tran@goldengateflorists.example', 'chloe.tran@bayletter.example', '1-415-555-0145', '+1 415 555 0100', 'Oakland, CA', 1994, 'lk_live_4kc9tran60038', '2023-01-10T19:30:00Z', 'A'),
  ('S-2005', 'A-1001', 'Dmitri Volkov', 'dvolkov', 'pbkdf2$260000$e80d4477c1a6b3', 'dmitri.volkov@goldengateflorists.example', NULL, '+14155550146', '+1 415 555 0100', 'San Mateo, CA', 1983, 'lk_live_6bn3volko2187', '2023-02-20T17:00:00Z', 'L'),
  ('S-2006', 'A-1002', 'Annika Vogt', 'avogt', 'pbkdf2$260000$73c2d9e1005fab', 'annika.vogt@postfach.example', NULL, '030 23125 014', NULL, 'Berlin', 1988, NULL, '2024-05-21T09:11:00Z', 'A'),
  ('S-2007', 'A-1004', 'Denise Okafor', 'dokafor', 'pbkdf2$260000$2f90b7e64418cd', 'denise.okafor@maplemail.example', NULL, '+1 510 555 0117', NULL, 'Oakland, CA', 1975, NULL, '2025-01-17T22:40:00Z', 'A'),
  ('S-2008', 'A-1005', 'Wesley Tan', 'wtan88', 'pbkdf2$260000$5aa1e27bd00c96', 'wesley.tan@harbormail.example', 'wtan@oldpier.example', '(619) 555-0133', NULL, 'San Diego, CA', 1988, 'lk_live_9pw4tan885512', '2023-11-30T20:05:00Z', 'A'),
  ('S-2009', 'A-1003', 'Gareth Pryce', 'gpryce', 'pbkdf2$260000$b3407de9f5126a', 'Gareth.Pryce@brynmail.example', NULL, '020 7946 0321', NULL, 'London', 1969, NULL, '2024-08-02T10:30:00Z', 'A'),
  ('S-2010', 'A-1006', 'Lucille Ferrante', 'lferrante', 'pbkdf2$260000$88e5c03a9d7b41', 'lucille.ferrante@sunmail.example', NULL, '+19165550125', NULL, 'Sacramento, CA', 1958, NULL, '2024-02-14T18:50:00Z', 'A'),
  ('S-2011', 'A-1010', 'skatefox11', 'skatefox11', 'pbkdf2$260000$16d4f08ab37e92', 'skatefox11@kidmail.example', NULL, '+14155550178', NULL, 'California', 2003, NULL, '2026-09-05T23:15:00Z', 'A'),
  ('S-2012', 'A-1011', 'caio_builds', 'caio_builds', 'pbkdf2$260000$fa0279c6e1835d', 'caio.builds@kidmail.example', NULL, '+14085550162', NULL, 'San Jose, CA', 2001, NULL, '2026-08-22T21:04:00Z', 'A'),
  ('S-2013', 'A-1007', 'Samuel Osei', 'sosei', 'pbkdf2$260000$6c91ad35f80e27', 'samuel.osei@lakemail.example', NULL, '+12095550136', NULL, 'Modesto, CA', 1990, NULL, '2025-03-08T19:22:00Z', 'A'),
  ('S-2014', 'A-1008', 'Priscilla Yoon', 'pyoon', 'pbkdf2$260000$d50b8812c4f3e7', 'priscilla.yoon@hillmail.example', NULL, '+18585550151', NULL, 'La Jolla, CA', 1997, NULL, '2025-06-19T17:37:00Z', 'A'),
  ('S-2015', 'A-1009', 'Carmen Delacroix', 'cdelacroix', 'pbkdf2$260000$90f7e3b2186dca', 'carmen.delacroix@coastmail.example', NULL, '+18055550119', NULL, 'Ventura, CA', 1981, NULL, '2024-10-11T16:12:00Z', 'A');

-- Which number was whose, from when until when. +14155550167 has had three holders.
CREATE TABLE number_assignments (
  assignment_id  INTEGER PRIMARY KEY,
  number         TEXT NOT NULL,
  seat_id        TEXT,   -- empty: the whole account's number
  assigned_on    TEXT NOT NULL,
  released_on    TEXT,
  capability     TEXT NOT NULL
);
INSERT INTO number_assignments (assignment_id, number, seat_id, assigned_on, released_on, capability) VALUES
  (1, '+14155550142', 'S-2001', '2024-03-01', NULL, 'voice, sms'),
  (2, '+14155550167', 'S-2004', '2023-01-10', '2024-12-31', 'voice'),
  (3, '+14155550167', 'S-2001', '2025-02-01', '2026-03-31', 'voice, sms'),
  (4, '+14155550167', 'S-2003', '2026-04-15', NULL, 'voice, sms'),
  (5, '+14155550143', 'S-2002', '2023-01-09', NULL, 'voice, sms'),
  (6, '+14155550144', 'S-2003', '2024-09-16', NULL, 'voice'),
  (7, '+14155550145', 'S-2004', '2023-01-10', NULL, 'voice, sms'),
  (8, '+14155550146', 'S-2005', '2023-02-20', NULL, 'voice'),
  (9, '+14155550100', NULL, '2023-01-09', NULL, 'voice'),
  (10, '+493023125014', 'S-2006', '2024-05-21', NULL, 'voice'),
  (11, '+15105550117', 'S-2007', '2025-01-17', NULL, 'voice, sms'),
  (12, '+16195550133', 'S-2008', '2023-11-30', NULL, 'voice, sms'),
  (13, '+442079460321', 'S-2009', '2024-08-02', NULL, 'voice'),
  (14, '+19165550125', 'S-2010', '2024-02-14', NULL, 'voice'),
  (15, '+14155550178', 'S-2011', '2026-09-05', NULL, 'sms'),
  (16, '+14085550162', 'S-2012', '2026-08-22', NULL, 'sms'),
  (17, '+12095550136', 'S-2013', '2025-03-08', NULL, 'voice'),
  (18, '+18585550151', 'S-2014', '2025-06-19', NULL, 'voice, sms'),
  (19, '+18055550119', 'S-2015', '2024-10-11', NULL, 'voice, sms');

-- Payments made by a person from their own seat.
CREATE TABLE payments (
  payment_id  TEXT PRIMARY KEY,
  seat_id     TEXT NOT NULL,
  paid_on     TEXT NOT NULL,
  amount      TEXT NOT NULL,
  currency    TEXT NOT NULL,
  card_brand  TEXT NOT NULL,
  card        TEXT NOT NULL,   -- only ever stored shortened
  card_token  TEXT NOT NULL,
  period      TEXT NOT NULL
);
INSERT INTO payments (payment_id, seat_id, paid_on, amount, currency, card_brand, card, card_token, period) VALUES
  ('P-7001', 'S-2001', '2026-01-12', '25.00', 'USD', 'Visa', '**** **** **** 4417', 'tok_r1v_88213', '2026-01'),
  ('P-7002', 'S-2001', '2026-05-03', '25.00', 'USD', 'Visa', '**** **** **** 4417', 'tok_r1v_88213', '2026-05'),
  ('P-7003', 'S-2001', '2026-09-21', '40.00', 'USD', 'Mastercard', '**** **** **** 9026', 'tok_r1v_90774', '2026-09'),
  ('P-7004', 'S-2002', '2026-02-02', '310.00', 'USD', 'Visa', '**** **** **** 1180', 'tok_a1n_55102', '2026-02'),
  ('P-7005', 'S-2002', '2026-08-02', '310.00', 'USD', 'Visa', '**** **** **** 1180', 'tok_a1n_55102', '2026-08'),
  ('P-7006', 'S-2008', '2026-03-30', '12.00', 'USD', 'Visa', '**** **** **** 2093', 'tok_w1t_30019', '2026-03'),
  ('P-7007', 'S-2008', '2026-09-30', '12.00', 'USD', 'Visa', '**** **** **** 2093', 'tok_w1t_30019', '2026-09'),
  ('P-7008', 'S-2006', '2026-05-21', '18.00', 'EUR', 'Mastercard', '**** **** **** 6634', 'tok_v1g_71240', '2026-05'),
  ('P-7009', 'S-2009', '2026-08-02', '15.00', 'GBP', 'Visa', '**** **** **** 7708', 'tok_p1y_66120', '2026-08'),
  ('P-7010', 'S-2007', '2026-01-17', '12.00', 'USD', 'Visa', '**** **** **** 5512', 'tok_d1o_41007', '2026-01'),
  ('P-7011', 'S-2014', '2026-06-19', '12.00', 'USD', 'Mastercard', '**** **** **** 3391', 'tok_y1n_20054', '2026-06');

-- Logins for other services that people connected.
CREATE TABLE linked_services (
  link_id    INTEGER PRIMARY KEY,
  seat_id    TEXT NOT NULL,
  service    TEXT NOT NULL,
  login      TEXT NOT NULL,
  secret     TEXT NOT NULL,
  linked_on  TEXT NOT NULL
);
INSERT INTO linked_services (link_id, seat_id, service, login, secret, linked_on) VALUES
  (1, 'S-2001', 'Bouquet Pay', 'maria-ggf', 'bp-secret-halcyon-3371', '2024-06-11'),
  (2, 'S-2002', 'Bouquet Pay', 'ana-ggf', 'bp-secret-marlin-8820', '2023-02-01'),
  (3, 'S-2008', 'Pier Ledger', 'wtan', 'pl-secret-cobalt-1196', '2024-01-05');

-- What each person agreed to, and what we guessed.
CREATE TABLE preferences (
  seat_id           TEXT PRIMARY KEY,
  newsletter        TEXT NOT NULL,   -- yes or no, as in all columns below
  direct_marketing  TEXT NOT NULL,
  sale_or_sharing   TEXT NOT NULL,
  legal_notices     TEXT NOT NULL,
  open_tracking     TEXT NOT NULL,
  segment           TEXT NOT NULL,   -- U0 no change expected, U1 may leave, U2 may upgrade
  computed_on       TEXT NOT NULL
);
INSERT INTO preferences (seat_id, newsletter, direct_marketing, sale_or_sharing, legal_notices, open_tracking, segment, computed_on) VALUES
  ('S-2001', 'yes', 'yes', 'yes', 'yes', 'yes', 'U2', '2026-06-30'),
  ('S-2002', 'yes', 'yes', 'yes', 'yes', 'yes', 'U0', '2026-06-30'),
  ('S-2003', 'no', 'no', 'yes', 'yes', 'yes', 'U0', '2026-06-30'),
  ('S-2004', 'no', 'no', 'yes', 'yes', 'yes', 'U0', '2026-06-30'),
  ('S-2005', 'no', 'no', 'yes', 'yes', 'yes', 'U0', '2026-06-30'),
  ('S-2006', 'no', 'no', 'no', 'yes', 'no', 'U0', '2026-06-30'),
  ('S-2007', 'no', 'no', 'yes', 'yes', 'yes', 'U0', '2026-06-30'),
  ('S-2008', 'yes', 'yes', 'yes', 'yes', 'yes', 'U1', '2026-06-30'),
  ('S-2009', 'no', 'no', 'no', 'yes', 'no', 'U0', '2026-06-30'),
  ('S-2010', 'yes', 'yes', 'yes', 'yes', 'yes', 'U0', '2026-06-30'),
  ('S-2011', 'no', 'no', 'yes', 'yes', 'yes', 'U0', '2026-06-30'),
  ('S-2012', 'no', 'no', 'yes', 'yes', 'yes', 'U0', '2026-06-30'),
  ('S-2013', 'no', 'no', 'yes', 'yes', 'yes', 'U0', '2026-06-30'),
  ('S-2014', 'no', 'no', 'yes', 'yes', 'yes', 'U0', '2026-06-30'),
  ('S-2015', 'yes', 'yes', 'yes', 'yes', 'yes', 'U2', '2026-06-30');

-- Public posts in the customer forum.
CREATE TABLE posts (
  post_id    TEXT PRIMARY KEY,
  username   TEXT NOT NULL,
  posted_at  TEXT NOT NULL,
  title      TEXT NOT NULL,
  body       TEXT NOT NULL
);
INSERT INTO posts (post_id, username, posted_at, title, body) VALUES
  ('F-301', 'mrivera', '2024-11-02T20:15:00Z', 'Forwarding after closing time', 'How do I send calls to voicemail after 6 pm without losing the greeting we recorded?'),
  ('F-302', 'ctran', '2025-01-20T18:40:00Z', 'Re: Forwarding after closing time', 'We keep two call flows and switch them by schedule.'),
  ('F-303', 'wtan88', '2025-04-07T03:10:00Z', 'Text delivery reports', 'Is there a way to see why a text was not delivered?'),
  ('F-304', 'skatefox11', '2026-09-14T23:58:00Z', 'who wants to text', 'hi im in 5th grade at cedar hollow and made my own number so cool'),
  ('F-305', 'caio_builds', '2026-09-02T00:22:00Z', 'my lego channel', 'i am 9 and i text people when a new build is up, mom doesnt know lol'),
  ('F-306', 'bokonkwo', '2026-05-11T17:31:00Z', 'Old callers on a new number', 'My new line still gets calls for whoever had it before. Can I change the greeting per caller?');

-- Number look-ups. Until the end of 2025 we made them for customers only; since 2026 we keep and use the results ourselves.
CREATE TABLE lookups (
  lookup_id     TEXT PRIMARY KEY,
  number        TEXT NOT NULL,
  looked_up_on  TEXT NOT NULL,
  customer_id   TEXT NOT NULL,   -- the customer who asked
  validity      TEXT NOT NULL,
  carrier       TEXT NOT NULL,
  ported        TEXT NOT NULL,
  roaming       TEXT NOT NULL
);
INSERT INTO lookups (lookup_id, number, looked_up_on, customer_id, validity, carrier, ported, roaming) VALUES
  ('L-601', '+14155550142', '2025-06-18', 'QuickMeds', 'valid', 'Pacific Crest Mobile', 'no', 'no'),
  ('L-602', '14155550142', '2025-11-04', 'Bayline Rides', 'valid', 'Pacific Crest Mobile', 'no', 'no'),
  ('L-603', '(415) 555-0142', '2026-05-27', 'Bayline Rides', 'valid', 'Pacific Crest Mobile', 'no', 'yes'),
  ('L-604', '+14155550143', '2026-05-27', 'Bayline Rides', 'valid', 'Pacific Crest Mobile', 'no', 'no'),
  ('L-605', '+16195550133', '2026-02-10', 'Harborline Dental', 'valid', 'Sierra Wireless Co-op', 'yes', 'no'),
  ('L-606', '+14155550167', '2026-06-30', 'Harborline Dental', 'valid', 'Pacific Crest Mobile', 'no', 'no'),
  ('L-607', '+13125550148', '2026-07-09', 'QuickMeds', 'valid', 'Lakeshore Cellular', 'no', 'no'),
  ('L-608', '+493023125014', '2026-03-15', 'Bayline Rides', 'valid', 'Spreefunk', 'no', 'no');

-- Texts we carry for our customers. We are their processor.
CREATE TABLE messages (
  message_id   TEXT PRIMARY KEY,
  sent_at      TEXT NOT NULL,
  customer_id  TEXT NOT NULL,   -- the customer whose message it is
  to_number    TEXT NOT NULL,
  body         TEXT NOT NULL,
  state        TEXT NOT NULL
);
INSERT INTO messages (message_id, sent_at, customer_id, to_number, body, state) VALUES
  ('M-9001', '2025-12-03T17:05:11Z', 'QuickMeds', '+14155550142', 'Your refill of levothyroxine is ready at QuickMeds Noe Valley.', 'delivered'),
  ('M-9002', '2026-01-14T16:40:02Z', 'QuickMeds', '14155550142', 'QuickMeds: reply YES to confirm your consultation on Friday at 09:30.', 'delivered'),
  ('M-9003', '2026-02-20T18:22:45Z', 'QuickMeds', '+14155550167', 'QuickMeds: your blood pressure kit has shipped.', 'delivered'),
  ('M-9004', '2026-04-02T19:01:30Z', 'QuickMeds', '(415) 555-0142', 'QuickMeds: your insurance declined the claim for levothyroxine.', 'delivered'),
  ('M-9005', '2026-08-11T15:55:09Z', 'QuickMeds', '+1 415-555-0142', 'QuickMeds: time to book your thyroid check.', 'failed'),
  ('M-9006', '2026-06-05T17:12:20Z', 'QuickMeds', '+14155550167', 'QuickMeds: your allergy spray is ready.', 'delivered'),
  ('M-9007', '2026-06-18T20:33:54Z', 'QuickMeds', '+13125550148', 'QuickMeds: your prescription of sertraline is ready for pick-up.', 'delivered'),
  ('M-9008', '2026-09-01T14:10:00Z', 'QuickMeds', '+13125550148', 'QuickMeds: you have one refill left.', 'delivered'),
  ('M-9009', '2026-03-09T22:18:41Z', 'Bayline Rides', '+14155550143', 'Bayline Rides: your driver arrives in 4 minutes.', 'delivered'),
  ('M-9010', '2026-05-30T01:47:33Z', 'Harborline Dental', '+16195550133', 'Harborline Dental: see you tomorrow at 10:15.', 'delivered'),
  ('M-9011', '2026-10-02T16:26:12Z', 'Bayline Rides', '+15105550117', 'Bayline Rides: your receipt is in the app.', 'delivered');

-- Notes of the fraud desk.
CREATE TABLE fraud_notes (
  note_id   TEXT PRIMARY KEY,
  seat_id   TEXT NOT NULL,
  number    TEXT NOT NULL,
  noted_on  TEXT NOT NULL,
  note      TEXT NOT NULL
);
INSERT INTO fraud_notes (note_id, seat_id, number, noted_on, note) VALUES
  ('N-81', 'S-2001', '+14155550142', '2026-07-19', 'Card disputed twice in one week; velocity rule 14 raised, cleared by K. Marsh after call-back.'),
  ('N-82', 'S-2005', '+14155550146', '2026-08-30', 'Login from three countries in one hour; seat locked under rule 9.');

COMMIT;
