-- What was found behind addresses, so that one that is sent often is fetched once.
CREATE TABLE link_previews (
    -- SHA-256 of the address.
    digest      bytea PRIMARY KEY,
    -- NULL: nothing that could be shown.
    title       text,
    description text,
    image       text,
    site        text,
    fetched_at  timestamptz NOT NULL
);
CREATE INDEX link_previews_fetched ON link_previews (fetched_at);

-- What is shown with messages; apart from them, for few have one.
CREATE TABLE message_previews (
    message_id  uuid PRIMARY KEY,
    url         text NOT NULL,
    title       text NOT NULL,
    description text,
    image       text,
    site        text
);
