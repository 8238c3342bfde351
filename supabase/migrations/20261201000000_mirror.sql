-- The mirror's tables, its functions, its bucket, and who may reach what: an account its own rows and
-- nobody else anything. What a person wrote is sealed before it comes here (docs/mirror.md).
-- Columns as in src/contract/mirror.ts. Made for Supabase: auth, storage and Realtime are there.

-- ── Tables ───────────────────────────────────────────────────────────────────────────────────────

-- A device that finds another number here knows that it is not made for these tables.
create table public.schema_version (
  version integer primary key
);
insert into public.schema_version (version) values (1);

create table public.devices (
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  device_id text not null check (octet_length(device_id) between 1 and 64),
  kind text not null check (kind in ('host', 'companion')),
  generation integer not null check (generation >= 1),
  card text not null check (octet_length(card) between 1 and 16384),
  public_key text not null check (octet_length(public_key) between 1 and 512),
  seen_at timestamptz not null default now(),
  revoked_at timestamptz,
  primary key (user_id, device_id)
);

create table public.account_keys (
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  generation integer not null check (generation >= 1),
  salt text not null check (octet_length(salt) between 1 and 64),
  memory_kib integer not null check (memory_kib between 1 and 4194304),
  passes integer not null check (passes between 1 and 100),
  lanes integer not null check (lanes between 1 and 100),
  wrapped text not null check (octet_length(wrapped) between 1 and 1048576),
  primary key (user_id, generation)
);

create table public.sessions (
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  session_id text not null check (octet_length(session_id) between 1 and 64),
  host_id text not null check (octet_length(host_id) between 1 and 64),
  generation integer not null check (generation >= 1),
  seq integer not null check (seq >= 0),
  head text not null check (octet_length(head) <= 1048576),
  open text check (octet_length(open) <= 33554432),
  -- How often it was deleted: what was written before that comes too late.
  epoch integer not null default 0 check (epoch >= 0),
  deleted_at timestamptz,
  updated_at timestamptz not null default now(),
  primary key (user_id, session_id),
  -- Of a deleted session nothing stays but that it was there.
  check (deleted_at is null or (head = '' and open is null and seq = 0))
);

create table public.events (
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  session_id text not null check (octet_length(session_id) between 1 and 64),
  seq integer not null check (seq >= 1),
  generation integer not null check (generation >= 1),
  payload text not null check (octet_length(payload) between 1 and 33554432),
  primary key (user_id, session_id, seq)
);
-- Sealed text cannot be compressed: not even tried.
alter table public.events alter column payload set storage external;

create table public.commands (
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  command_id text not null check (octet_length(command_id) between 1 and 64),
  device_id text not null check (octet_length(device_id) between 1 and 64),
  host_id text not null check (octet_length(host_id) between 1 and 64),
  session_id text not null check (octet_length(session_id) between 1 and 64),
  number integer not null check (number >= 1),
  generation integer not null check (generation >= 1),
  payload text not null check (octet_length(payload) between 1 and 8388608),
  signature text not null check (octet_length(signature) between 1 and 256),
  answer text check (octet_length(answer) between 1 and 65536),
  created_at timestamptz not null default now(),
  primary key (user_id, command_id),
  unique (user_id, device_id, number)
);
-- What waits for a host.
create index commands_waiting on public.commands (user_id, host_id, device_id, number)
  where answer is null;

create table public.attachments (
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  attachment_id text not null check (octet_length(attachment_id) between 1 and 64),
  session_id text not null check (octet_length(session_id) between 1 and 64),
  generation integer not null check (generation >= 1),
  card text not null check (octet_length(card) between 1 and 16384),
  pieces integer not null check (pieces >= 0),
  stored_pieces integer not null check (stored_pieces between 0 and pieces),
  size_bytes bigint not null check (size_bytes >= 0),
  primary key (user_id, attachment_id, session_id)
);
create index attachments_of_session on public.attachments (user_id, session_id, attachment_id);

create table public.push_endpoints (
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  device_id text not null check (octet_length(device_id) between 1 and 64),
  generation integer not null check (generation >= 1),
  payload text not null check (octet_length(payload) between 1 and 16384),
  primary key (user_id, device_id)
);

-- ── What holds whoever writes ────────────────────────────────────────────────────────────────────

-- Events come without holes: each after the one before it. max(): looked up in the key, however many
-- events there are.
create function public.events_without_holes() returns trigger
language plpgsql set search_path = '' as $$
begin
  if exists (
    select from (
      select user_id, session_id, min(seq) as first, max(seq) as last, count(*) as rows
      from added group by user_id, session_id
    ) as a
    where a.rows <> a.last - a.first + 1
      or a.first <> 1 + coalesce(
        (select max(e.seq) from public.events as e
          where e.user_id = a.user_id and e.session_id = a.session_id and e.seq < a.first), 0)
  ) then
    raise exception 'This would leave a hole in the events of a session.' using errcode = 'AE001';
  end if;
  return null;
end $$;

create trigger events_without_holes after insert on public.events
  referencing new table as added
  for each statement execute function public.events_without_holes();

-- … and go from the end.
create function public.events_removed_from_the_end() returns trigger
language plpgsql set search_path = '' as $$
begin
  if exists (
    select from (
      select user_id, session_id, min(seq) as first from removed group by user_id, session_id
    ) as r
    where r.first < (
      select max(e.seq) from public.events as e
      where e.user_id = r.user_id and e.session_id = r.session_id)
  ) then
    raise exception 'This would leave a hole in the events of a session.' using errcode = 'AE001';
  end if;
  return null;
end $$;

create trigger events_removed_from_the_end after delete on public.events
  referencing old table as removed
  for each statement execute function public.events_removed_from_the_end();

-- Revoked once, revoked for good.
create function public.devices_stay_revoked() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.revoked_at := coalesce(old.revoked_at, new.revoked_at);
  return new;
end $$;

create trigger devices_stay_revoked before update on public.devices
  for each row execute function public.devices_stay_revoked();

-- ── Who may reach what ───────────────────────────────────────────────────────────────────────────

alter table public.schema_version enable row level security;
alter table public.schema_version force row level security;
alter table public.devices enable row level security;
alter table public.devices force row level security;
alter table public.account_keys enable row level security;
alter table public.account_keys force row level security;
alter table public.sessions enable row level security;
alter table public.sessions force row level security;
alter table public.events enable row level security;
alter table public.events force row level security;
alter table public.commands enable row level security;
alter table public.commands force row level security;
alter table public.attachments enable row level security;
alter table public.attachments force row level security;
alter table public.push_endpoints enable row level security;
alter table public.push_endpoints force row level security;

-- Supabase gives everything on a new table to everybody: taken back before what is needed is given.
revoke all on
  public.schema_version, public.devices, public.account_keys, public.sessions, public.events,
  public.commands, public.attachments, public.push_endpoints
from public, anon, authenticated;

grant select on public.schema_version to authenticated;
grant select, insert, delete on public.devices to authenticated;
grant update (device_id, kind, generation, card, public_key, seen_at, revoked_at)
  on public.devices to authenticated;
-- A generation of the keys is written once.
grant select, insert, delete on public.account_keys to authenticated;
grant select, insert, update, delete on public.sessions to authenticated;
-- An event is written once.
grant select, insert, delete on public.events to authenticated;
-- A command is written once, at the server's time; only its answer comes later.
grant select, delete on public.commands to authenticated;
grant insert (user_id, command_id, device_id, host_id, session_id, number, generation, payload, signature)
  on public.commands to authenticated;
grant update (answer) on public.commands to authenticated;
grant select, insert, update, delete on public.attachments to authenticated;
grant select, insert, update, delete on public.push_endpoints to authenticated;

create policy schema_version_select on public.schema_version
  for select to authenticated using (true);

create policy devices_select on public.devices
  for select to authenticated using (user_id = (select auth.uid()));
create policy devices_insert on public.devices
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy devices_update on public.devices
  for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy devices_delete on public.devices
  for delete to authenticated using (user_id = (select auth.uid()));

create policy account_keys_select on public.account_keys
  for select to authenticated using (user_id = (select auth.uid()));
create policy account_keys_insert on public.account_keys
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy account_keys_delete on public.account_keys
  for delete to authenticated using (user_id = (select auth.uid()));

create policy sessions_select on public.sessions
  for select to authenticated using (user_id = (select auth.uid()));
create policy sessions_insert on public.sessions
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy sessions_update on public.sessions
  for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy sessions_delete on public.sessions
  for delete to authenticated using (user_id = (select auth.uid()));

create policy events_select on public.events
  for select to authenticated using (user_id = (select auth.uid()));
create policy events_insert on public.events
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy events_delete on public.events
  for delete to authenticated using (user_id = (select auth.uid()));

create policy commands_select on public.commands
  for select to authenticated using (user_id = (select auth.uid()));
create policy commands_insert on public.commands
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy commands_update on public.commands
  for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy commands_delete on public.commands
  for delete to authenticated using (user_id = (select auth.uid()));

create policy attachments_select on public.attachments
  for select to authenticated using (user_id = (select auth.uid()));
create policy attachments_insert on public.attachments
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy attachments_update on public.attachments
  for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy attachments_delete on public.attachments
  for delete to authenticated using (user_id = (select auth.uid()));

create policy push_endpoints_select on public.push_endpoints
  for select to authenticated using (user_id = (select auth.uid()));
create policy push_endpoints_insert on public.push_endpoints
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy push_endpoints_update on public.push_endpoints
  for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy push_endpoints_delete on public.push_endpoints
  for delete to authenticated using (user_id = (select auth.uid()));

-- ── Files: <user>/<attachment>/<piece> in a private bucket ───────────────────────────────────────

insert into storage.buckets (id, name, public, file_size_limit)
values ('mirror', 'mirror', false, 2097152)
on conflict (id) do update set public = false, file_size_limit = excluded.file_size_limit;

create policy mirror_objects_select on storage.objects
  for select to authenticated
  using (bucket_id = 'mirror' and (storage.foldername(name))[1] = (select auth.uid())::text);
create policy mirror_objects_insert on storage.objects
  for insert to authenticated
  with check (bucket_id = 'mirror' and (storage.foldername(name))[1] = (select auth.uid())::text);
create policy mirror_objects_update on storage.objects
  for update to authenticated
  using (bucket_id = 'mirror' and (storage.foldername(name))[1] = (select auth.uid())::text)
  with check (bucket_id = 'mirror' and (storage.foldername(name))[1] = (select auth.uid())::text);
create policy mirror_objects_delete on storage.objects
  for delete to authenticated
  using (bucket_id = 'mirror' and (storage.foldername(name))[1] = (select auth.uid())::text);

-- ── Functions: they run as who calls them, so row-level security holds in them too ───────────────

-- Milliseconds since the epoch.
create function public.mirror_now() returns bigint
language sql volatile set search_path = '' as $$
  select floor(extract(epoch from clock_timestamp()) * 1000)::bigint
$$;

-- { host_id, sessions[], events[], deleted[] } → { now, seqs: { session_id: last seq } }.
-- What is there already stays as it is. AE001: a hole. AE002: the session was deleted meanwhile.
create function public.mirror_push(batch jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = '' as $$
declare
  me constant uuid := auth.uid();
  gone constant text[] := array(select jsonb_array_elements_text(batch -> 'deleted'));
  seqs jsonb;
begin
  -- One after the other within an account: a push that its host gave up may still be running, and what
  -- it does not see being deleted would leave a hole.
  perform pg_advisory_xact_lock(hashtextextended('mirror_push ' || me::text, 0));
  if cardinality(gone) > 0 then
    delete from public.events as e where e.user_id = me and e.session_id = any (gone);
    delete from public.attachments as a where a.user_id = me and a.session_id = any (gone);
    -- Also where there is none yet: what its host gave up may still be on its way.
    insert into public.sessions as kept
      (user_id, session_id, host_id, generation, seq, head, epoch, deleted_at)
      select me, id, batch ->> 'host_id', 1, 0, '', 1, now() from unnest(gone) as id
      on conflict (user_id, session_id) do update set
        seq = 0, head = '', open = null, epoch = kept.epoch + 1, deleted_at = now(), updated_at = now()
        where kept.deleted_at is null;
  end if;

  if exists (
    select from jsonb_to_recordset(batch -> 'sessions') as s (session_id text, epoch integer)
    left join public.sessions as kept on kept.user_id = me and kept.session_id = s.session_id
    where coalesce(kept.epoch, 0) <> coalesce(s.epoch, 0)
  ) then
    raise exception 'A session was deleted after this was written.' using errcode = 'AE002';
  end if;

  insert into public.events (user_id, session_id, seq, generation, payload)
    select me, e.session_id, e.seq, e.generation, e.payload
    from jsonb_to_recordset(batch -> 'events')
      as e (session_id text, seq integer, generation integer, payload text)
    order by e.session_id, e.seq
    on conflict do nothing;

  select coalesce(jsonb_object_agg(named.session_id, coalesce(there.last, 0)), '{}') into seqs
    from (
      select row ->> 'session_id' as session_id from jsonb_array_elements(batch -> 'sessions') as row
      union
      select row ->> 'session_id' from jsonb_array_elements(batch -> 'events') as row
    ) as named
    cross join lateral (
      select max(e.seq) as last from public.events as e
      where e.user_id = me and e.session_id = named.session_id
    ) as there;

  if exists (
    select from jsonb_to_recordset(batch -> 'sessions') as s (session_id text, seq integer)
    where s.seq > (seqs ->> s.session_id)::integer
  ) then
    raise exception 'A session is said to be further than its events.' using errcode = 'AE001';
  end if;

  insert into public.sessions as kept
    (user_id, session_id, host_id, generation, seq, head, open, deleted_at, updated_at)
    select me, s.session_id, batch ->> 'host_id', s.generation, (seqs ->> s.session_id)::integer,
      s.head, s.open, null, now()
    from jsonb_to_recordset(batch -> 'sessions')
      as s (session_id text, generation integer, head text, open text)
    order by s.session_id
    on conflict (user_id, session_id) do update set
      host_id = excluded.host_id, generation = excluded.generation, seq = excluded.seq,
      head = excluded.head, open = excluded.open, deleted_at = null, updated_at = excluded.updated_at;

  return jsonb_build_object('now', public.mirror_now(), 'seqs', seqs);
end $$;

-- What waits for this device, by the asking device and number. Who asks is there: that is when it was seen,
-- written down twice a minute at most.
create function public.mirror_commands(host_id text) returns jsonb
language sql volatile security invoker set search_path = '' as $$
  update public.devices as d set seen_at = now()
  where d.user_id = auth.uid() and d.device_id = mirror_commands.host_id
    and d.seen_at < now() - interval '30 seconds';
  select jsonb_build_object(
    'now', public.mirror_now(),
    'revoked', exists (
      select from public.devices as d
      where d.user_id = auth.uid() and d.device_id = mirror_commands.host_id
        and d.revoked_at is not null),
    'generation', (select max(k.generation) from public.account_keys as k where k.user_id = auth.uid()),
    'rows', coalesce(
      jsonb_agg(to_jsonb(waiting) - 'user_id' order by waiting.device_id, waiting.number), '[]'))
  from (
    select * from public.commands as c
    where c.user_id = auth.uid() and c.host_id = mirror_commands.host_id and c.answer is null
    order by c.device_id, c.number
    limit 1000
  ) as waiting
$$;

-- Sent twice it is there once, as it was sent first.
create function public.mirror_send(command jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = '' as $$
begin
  insert into public.commands
    (user_id, command_id, device_id, host_id, session_id, number, generation, payload, signature)
    select auth.uid(), c.command_id, c.device_id, c.host_id, c.session_id, c.number, c.generation,
      c.payload, c.signature
    from jsonb_to_record(command) as c (
      command_id text, device_id text, host_id text, session_id text, number integer,
      generation integer, payload text, signature text)
    on conflict (user_id, command_id) do nothing;
  return jsonb_build_object('now', public.mirror_now());
end $$;

create function public.mirror_usage() returns jsonb
language sql volatile security invoker set search_path = '' as $$
  select jsonb_build_object(
    'events', e.events,
    'stored_bytes', e.bytes + s.bytes + o.bytes)
  from
    (select count(*) as events, coalesce(sum(octet_length(payload)), 0) as bytes
      from public.events where user_id = auth.uid()) as e,
    (select coalesce(sum(octet_length(head) + coalesce(octet_length(open), 0)), 0) as bytes
      from public.sessions where user_id = auth.uid()) as s,
    (select coalesce(sum((metadata ->> 'size')::bigint), 0) as bytes from storage.objects
      where bucket_id = 'mirror'
        and (storage.foldername(name))[1] = (select auth.uid())::text) as o
$$;

-- Rows only: objects are removed through the storage, which keeps their bytes.
create function public.mirror_delete_all() returns void
language plpgsql volatile security invoker set search_path = '' as $$
declare
  me constant uuid := auth.uid();
begin
  delete from public.events where user_id = me;
  delete from public.commands where user_id = me;
  delete from public.attachments where user_id = me;
  delete from public.push_endpoints where user_id = me;
  delete from public.sessions where user_id = me;
  delete from public.devices where user_id = me;
  delete from public.account_keys where user_id = me;
end $$;

revoke all on function
  public.mirror_now(), public.mirror_push(jsonb), public.mirror_commands(text),
  public.mirror_send(jsonb), public.mirror_usage(), public.mirror_delete_all(),
  public.events_without_holes(), public.events_removed_from_the_end(), public.devices_stay_revoked()
from public, anon, authenticated;
grant execute on function
  public.mirror_now(), public.mirror_push(jsonb), public.mirror_commands(text),
  public.mirror_send(jsonb), public.mirror_usage(), public.mirror_delete_all()
to authenticated;

-- ── News ─────────────────────────────────────────────────────────────────────────────────────────

alter publication supabase_realtime
  add table public.sessions, public.events, public.commands, public.devices;
-- A change carries only columns that changed or are small, unless the whole row identifies it.
alter table public.sessions replica identity full;
alter table public.commands replica identity full;
alter table public.devices replica identity full;
