-- The mail that brings the form of an order is an errand like others (0077).
alter table orders drop column mail_to, drop column mail_retry_at, drop column mailed_at, drop column mail_error;
