-- A shop in eleven tables, for SQLite and PostgreSQL. Everybody in it is invented.
-- Ana Ruiz (customer 1) and Ben Okafor (employee 1) live at one address; Cora Lindt (customer 2) had a parcel sent there.
CREATE TABLE addresses (
    id INTEGER PRIMARY KEY, street VARCHAR(80), city VARCHAR(60), postcode VARCHAR(12)
);
CREATE TABLE customers (
    id INTEGER PRIMARY KEY, full_name VARCHAR(80), email VARCHAR(120), phone VARCHAR(40), date_of_birth VARCHAR(10),
    address_id INTEGER REFERENCES addresses (id), created_at VARCHAR(20)
);
CREATE TABLE employees (
    id INTEGER PRIMARY KEY, full_name VARCHAR(80), email VARCHAR(120), address_id INTEGER REFERENCES addresses (id)
);
CREATE TABLE products (
    id INTEGER PRIMARY KEY, name VARCHAR(80), price NUMERIC(8, 2)
);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id),
    shipping_address_id INTEGER REFERENCES addresses (id), ordered_on VARCHAR(10)
);
CREATE TABLE order_items (
    order_id INTEGER REFERENCES orders (id), product_id INTEGER REFERENCES products (id), quantity INTEGER,
    PRIMARY KEY (order_id, product_id)
);
CREATE TABLE payment_cards (
    id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), card_number VARCHAR(20),
    billing_address_id INTEGER REFERENCES addresses (id)
);
CREATE TABLE payments (
    id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (id), card_id INTEGER REFERENCES payment_cards (id),
    amount NUMERIC(8, 2)
);
CREATE TABLE logins (
    id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), password_hash VARCHAR(80),
    ip_address VARCHAR(40), last_seen VARCHAR(20)
);
CREATE TABLE service_requests (
    id INTEGER PRIMARY KEY, email VARCHAR(120), alt_email VARCHAR(120),
    employee_id INTEGER REFERENCES employees (id), message VARCHAR(400), opened_on VARCHAR(10)
);
CREATE TABLE reports (
    id INTEGER PRIMARY KEY, email VARCHAR(120), phone VARCHAR(40), title VARCHAR(80), month VARCHAR(7)
);

INSERT INTO addresses VALUES
    (1, '12 Alder Way', 'Springfield', '90001'), (2, '7 Birch Lane', 'Springfield', '90002'),
    (3, '1 Cedar Court', 'Riverton', '90003');
INSERT INTO customers VALUES
    (1, 'Ana Ruiz', 'Ana.Ruiz@Example.com', '(415) 555-0100', '1988-04-02', 1, '2024-03-05'),
    (2, 'Cora Lindt', ' cora@example.org ', '001 212 555 0199', '1990-09-30', 2, '2024-06-01'),
    (3, 'Dev Patel', 'dev@example.net', NULL, '1979-01-15', 3, '2025-01-20');
INSERT INTO employees VALUES
    (1, 'Ben Okafor', 'ben@shop.example.com', 1), (2, 'Eve Stone', 'eve@shop.example.com', 3);
INSERT INTO products VALUES
    (1, 'Kettle', 29.90), (2, 'Teapot', 19.50), (3, 'Cup', 4.25);
INSERT INTO orders VALUES
    (1, 1, 1, '2025-02-01'), (2, 1, 3, '2025-05-11'), (3, 2, 1, '2025-06-21'), (4, 3, 3, '2025-07-01');
INSERT INTO order_items VALUES
    (1, 1, 1), (1, 3, 4), (2, 2, 1), (3, 1, 2), (4, 3, 6);
INSERT INTO payment_cards VALUES
    (1, 1, '4111111111111111', 1), (2, 2, '5500005555555559', 2);
INSERT INTO payments VALUES
    (1, 1, 1, 46.90), (2, 2, 1, 19.50), (3, 3, 2, 59.80), (4, 4, NULL, 25.50);
INSERT INTO logins VALUES
    (1, 1, '$2b$12$abcdefghijklmnopqrstuv', '203.0.113.7', '2026-11-01'),
    (2, 2, '$2b$12$zyxwvutsrqponmlkjihgfe', '203.0.113.9', '2026-10-12'),
    (3, 1, '$2b$12$abcdefghijklmnopqrstuv', '203.0.113.8', '2026-11-09');
INSERT INTO service_requests VALUES
    (1, 'ANA.RUIZ@EXAMPLE.COM', 'ana.private@example.net', 1, 'The kettle leaks.', '2025-03-02'),
    (2, 'cora@example.org', NULL, 1, 'Please call 415-555-0100, my neighbour, about the parcel.', '2025-06-25'),
    (3, 'dev@example.net', 'dev.second@example.net', 2, 'Where is my order?', '2025-07-09');
INSERT INTO reports VALUES
    (1, 'ana.private@example.net', NULL, 'Visits', '2025-04'), (2, 'CORA@example.org', NULL, 'Visits', '2025-06'),
    (3, NULL, '1-415-555-0100', 'Calls', '2025-05'), (4, 'ben@shop.example.com', NULL, 'Shifts', '2025-06');
