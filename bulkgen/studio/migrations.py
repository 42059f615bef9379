"""The tables of the studio's store, step by step. Pure text; `store` brings a file up to the last step.

A step that has shipped is never edited. Each commits together with its number.
"""

from __future__ import annotations

from bulkgen.studio.credits import MIGRATION as CREDITS

MIGRATIONS = (
    """
    CREATE TABLE studio (key TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE generations (
        sequence          INTEGER PRIMARY KEY AUTOINCREMENT,
        id                TEXT NOT NULL UNIQUE,
        idempotency_key   TEXT UNIQUE,
        fingerprint       TEXT NOT NULL,
        design_id         TEXT NOT NULL,
        request           BLOB NOT NULL,
        state             TEXT NOT NULL,
        accepted_at       REAL NOT NULL,
        finalized_at      REAL,
        renderings        INTEGER NOT NULL DEFAULT 0,
        result            BLOB,
        callback_url      TEXT,
        delivery          TEXT NOT NULL,
        delivery_attempts INTEGER NOT NULL DEFAULT 0,
        delivery_due_at   REAL
    );
    CREATE INDEX generations_accepted ON generations (sequence) WHERE state = 'accepted';
    CREATE INDEX generations_rendering ON generations (sequence) WHERE state = 'rendering';
    CREATE INDEX generations_due ON generations (delivery_due_at) WHERE delivery = 'due';
    CREATE TABLE banners (
        id         TEXT PRIMARY KEY,
        sequence   INTEGER NOT NULL REFERENCES generations,
        sharing_id TEXT NOT NULL,
        version    INTEGER NOT NULL,
        design_id  TEXT NOT NULL,
        format_id  TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX banners_sharing ON banners (sharing_id) WHERE version > 1;
    """,
    CREDITS,
    # What callers make of the workspace; designs' files stay as they are.
    """
    CREATE TABLE projects (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_at REAL NOT NULL) WITHOUT ROWID;
    CREATE TABLE design_changes (
        design_id    TEXT PRIMARY KEY,
        changed_at   REAL NOT NULL,
        name         TEXT,
        project_id   TEXT,
        project_name TEXT,
        is_deleted   INTEGER NOT NULL
    ) WITHOUT ROWID;
    """,
    # Archives, and everybody else who is to be told of something than the one caller of a generation. An event is
    # forgotten when it was delivered or given up.
    """
    CREATE TABLE exports (
        sequence     INTEGER PRIMARY KEY AUTOINCREMENT,
        id           TEXT NOT NULL UNIQUE,
        banner_ids   BLOB NOT NULL,
        callback_url TEXT,
        requested_at REAL NOT NULL,
        generated_at REAL,
        key          TEXT
    );
    CREATE INDEX exports_open ON exports (sequence) WHERE key IS NULL;
    CREATE TABLE subscriptions (
        id         TEXT PRIMARY KEY,
        event      TEXT NOT NULL,
        hook_url   TEXT NOT NULL,
        created_at REAL NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE events (
        sequence        INTEGER PRIMARY KEY AUTOINCREMENT,
        event           TEXT NOT NULL,
        subject         TEXT NOT NULL,
        url             TEXT NOT NULL,
        subscription_id TEXT,
        attempts        INTEGER NOT NULL DEFAULT 0,
        due_at          REAL NOT NULL
    );
    CREATE INDEX events_due ON events (due_at);
    CREATE INDEX events_subscription ON events (subscription_id);
    """,
)
