-- What a Supabase project has before any migration, as far as the mirror uses it: roles, auth, storage,
-- the publication. Below it, what takes the place of Realtime's reading of the write-ahead log.

create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role service_role nologin noinherit bypassrls;
create role authenticator login noinherit;
grant anon, authenticated, service_role to authenticator;

-- Supabase gives everything on what is new in public to everybody; so does this.
grant usage on schema public to anon, authenticated, service_role;
alter default privileges in schema public
  grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public
  grant all on functions to anon, authenticated, service_role;
alter default privileges in schema public
  grant all on sequences to anon, authenticated, service_role;

create schema extensions;
create schema auth;
grant usage on schema auth to anon, authenticated, service_role;

create table auth.users (
  id uuid primary key default gen_random_uuid(),
  email text unique not null,
  encrypted_password text,
  email_confirmed_at timestamptz,
  created_at timestamptz not null default now()
);
create table auth.sessions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users on delete cascade,
  created_at timestamptz not null default now()
);
create table auth.refresh_tokens (
  id bigserial primary key,
  token text unique not null,
  session_id uuid not null references auth.sessions on delete cascade,
  revoked_at timestamptz
);
-- A sign-in that comes back by a link: begun with a challenge, finished with its verifier.
create table auth.flow_state (
  id uuid primary key default gen_random_uuid(),
  auth_code text unique,
  link_token text unique,
  user_id uuid references auth.users on delete cascade,
  code_challenge text,
  created_at timestamptz not null default now()
);

create function auth.uid() returns uuid language sql stable as $$
  select nullif(current_setting('request.jwt.claims', true)::jsonb ->> 'sub', '')::uuid
$$;
create function auth.role() returns text language sql stable as $$
  select current_setting('request.jwt.claims', true)::jsonb ->> 'role'
$$;
create function auth.jwt() returns jsonb language sql stable as $$
  select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb
$$;

create schema storage;
grant usage on schema storage to anon, authenticated, service_role, authenticator;
create table storage.buckets (
  id text primary key,
  name text unique not null,
  public boolean not null default false,
  file_size_limit bigint,
  created_at timestamptz not null default now()
);
create table storage.objects (
  id uuid primary key default gen_random_uuid(),
  bucket_id text references storage.buckets,
  name text,
  owner_id text,
  metadata jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (bucket_id, name)
);
alter table storage.buckets enable row level security;
alter table storage.objects enable row level security;
grant all on storage.buckets, storage.objects to anon, authenticated, service_role;
create function storage.foldername(name text) returns text[] language sql immutable as $$
  select (string_to_array(name, '/'))[1:cardinality(string_to_array(name, '/')) - 1]
$$;

-- The bytes, which on Supabase lie in an object store: out of every role's reach but the gateway's.
create table storage.bytes (
  object_id uuid primary key references storage.objects on delete cascade,
  bytes bytea not null
);
grant all on storage.bytes to authenticator;
grant select on storage.buckets to authenticator;
create policy buckets_of_the_gateway on storage.buckets for select to authenticator using (true);

create publication supabase_realtime;

-- ── In Realtime's place ──────────────────────────────────────────────────────────────────────────

create schema realtime;
create unlogged table realtime.changes (
  id bigserial primary key,
  table_name text not null,
  type text not null,
  record jsonb not null
);

-- Each row that changed, for whoever listens; the message only wakes, since it holds 8 kB at most.
create function realtime.changed() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'DELETE' then
    insert into realtime.changes (table_name, type, record)
      select tg_table_name, tg_op, to_jsonb(rows) from old_rows as rows;
  else
    insert into realtime.changes (table_name, type, record)
      select tg_table_name, tg_op, to_jsonb(rows) from new_rows as rows;
  end if;
  if found then
    perform pg_notify('realtime', '');
  end if;
  return null;
end $$;

-- Called once the migrations have run: listens to every table of the publication.
create function realtime.listen() returns void language plpgsql as $$
declare
  published text;
begin
  for published in
    select format('%I.%I', schemaname, tablename) from pg_publication_tables
    where pubname = 'supabase_realtime'
  loop
    execute format('create trigger realtime_insert after insert on %s referencing new table as new_rows for each statement execute function realtime.changed()', published);
    execute format('create trigger realtime_update after update on %s referencing new table as new_rows for each statement execute function realtime.changed()', published);
    execute format('create trigger realtime_delete after delete on %s referencing old table as old_rows for each statement execute function realtime.changed()', published);
  end loop;
end $$;
