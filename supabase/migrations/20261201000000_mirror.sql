-- Aetheria's mirror: what a host writes and its companions read. Whatever a person wrote is sealed on
-- their devices; the server sees ids, numbers, sizes and times. Every row belongs to one account, and
-- row-level security shows it to nobody else.

create table public.schema_version (version integer primary key);
insert into public.schema_version values (1);

create table public.devices (
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  device_id text not null check (length(device_id) between 1 and 64),
  kind text not null check (kind in ('host', 'companion')),
  generation integer not null check (generation > 0),
  card text not null check (length(card) <= 8192),
  public_key text not null check (length(public_key) <= 1024),
  seen_at timestamptz not null default now(),
  revoked_at timestamptz,
  primary key (user_id, device_id)
);

create table public.account_keys (
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  generation integer not null check (generation > 0),
  salt text not null check (length(salt) <= 64),
  memory_kib integer not null,
  passes integer not null,
  lanes integer not null,
  wrapped text not null check (length(wrapped) <= 65536),
  primary key (user_id, generation)
);

create table public.sessions (
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  session_id text not null check (length(session_id) between 1 and 64),
  host_id text not null check (length(host_id) between 1 and 64),
  generation integer not null check (generation > 0),
  -- The last event without a hole before it.
  seq bigint not null default 0 check (seq >= 0),
  head text not null check (length(head) <= 65536),
  open text check (length(open) <= 4194304),
  deleted_at timestamptz,
  updated_at timestamptz not null default now(),
  primary key (user_id, session_id)
);

create table public.events (
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  session_id text not null check (length(session_id) between 1 and 64),
  seq bigint not null check (seq > 0),
  generation integer not null check (generation > 0),
  payload text not null check (length(payload) <= 8388608),
  primary key (user_id, session_id, seq)
);

create table public.commands (
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  command_id text not null check (length(command_id) between 1 and 64),
  device_id text not null check (length(device_id) between 1 and 64),
  host_id text not null check (length(host_id) between 1 and 64),
  session_id text not null check (length(session_id) between 1 and 64),
  number bigint not null check (number > 0),
  generation integer not null check (generation > 0),
  payload text not null check (length(payload) <= 4194304),
  signature text not null check (length(signature) <= 1024),
  answer text check (length(answer) <= 65536),
  created_at timestamptz not null default now(),
  primary key (user_id, command_id),
  unique (user_id, device_id, number)
);
create index commands_waiting on public.commands (user_id, host_id) where answer is null;

create table public.attachments (
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  attachment_id text not null check (length(attachment_id) between 1 and 64),
  session_id text not null check (length(session_id) between 1 and 64),
  generation integer not null check (generation > 0),
  card text not null check (length(card) <= 8192),
  pieces integer not null check (pieces > 0),
  stored_pieces integer not null check (stored_pieces between 0 and pieces),
  size_bytes bigint not null check (size_bytes >= 0),
  primary key (user_id, attachment_id, session_id)
);
create index attachments_of on public.attachments (user_id, session_id);

create table public.push_endpoints (
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  device_id text not null check (length(device_id) between 1 and 64),
  generation integer not null check (generation > 0),
  payload text not null check (length(payload) <= 8192),
  primary key (user_id, device_id)
);

-- Who may do what, before row-level security asks whose it is. Events are never changed, keys neither.
revoke all on public.schema_version, public.devices, public.account_keys, public.sessions,
  public.events, public.commands, public.attachments, public.push_endpoints
  from anon, authenticated;
grant select on public.schema_version to authenticated;
grant select, insert, update, delete on public.devices, public.sessions, public.attachments,
  public.push_endpoints to authenticated;
grant select, insert, delete on public.account_keys, public.events, public.commands to authenticated;
grant update (answer) on public.commands to authenticated;

alter table public.schema_version enable row level security;
alter table public.schema_version force row level security;
create policy "signed in: read" on public.schema_version for select to authenticated using (true);

alter table public.devices enable row level security;
alter table public.devices force row level security;
create policy "own devices: read" on public.devices
  for select to authenticated using (user_id = (select auth.uid()));
create policy "own devices: add" on public.devices
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy "own devices: change" on public.devices
  for update to authenticated using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
create policy "own devices: remove" on public.devices
  for delete to authenticated using (user_id = (select auth.uid()));

alter table public.account_keys enable row level security;
alter table public.account_keys force row level security;
create policy "own keys: read" on public.account_keys
  for select to authenticated using (user_id = (select auth.uid()));
create policy "own keys: add" on public.account_keys
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy "own keys: remove" on public.account_keys
  for delete to authenticated using (user_id = (select auth.uid()));

alter table public.sessions enable row level security;
alter table public.sessions force row level security;
create policy "own sessions: read" on public.sessions
  for select to authenticated using (user_id = (select auth.uid()));
create policy "own sessions: add" on public.sessions
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy "own sessions: change" on public.sessions
  for update to authenticated using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
create policy "own sessions: remove" on public.sessions
  for delete to authenticated using (user_id = (select auth.uid()));

alter table public.events enable row level security;
alter table public.events force row level security;
create policy "own events: read" on public.events
  for select to authenticated using (user_id = (select auth.uid()));
create policy "own events: add" on public.events
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy "own events: remove" on public.events
  for delete to authenticated using (user_id = (select auth.uid()));

alter table public.commands enable row level security;
alter table public.commands force row level security;
create policy "own commands: read" on public.commands
  for select to authenticated using (user_id = (select auth.uid()));
create policy "own commands: add" on public.commands
  for insert to authenticated with check (user_id = (select auth.uid()) and answer is null);
create policy "own commands: answer" on public.commands
  for update to authenticated using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
create policy "own commands: remove" on public.commands
  for delete to authenticated using (user_id = (select auth.uid()));

alter table public.attachments enable row level security;
alter table public.attachments force row level security;
create policy "own files: read" on public.attachments
  for select to authenticated using (user_id = (select auth.uid()));
create policy "own files: add" on public.attachments
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy "own files: change" on public.attachments
  for update to authenticated using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
create policy "own files: remove" on public.attachments
  for delete to authenticated using (user_id = (select auth.uid()));

alter table public.push_endpoints enable row level security;
alter table public.push_endpoints force row level security;
create policy "own endpoints: read" on public.push_endpoints
  for select to authenticated using (user_id = (select auth.uid()));
create policy "own endpoints: add" on public.push_endpoints
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy "own endpoints: change" on public.push_endpoints
  for update to authenticated using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
create policy "own endpoints: remove" on public.push_endpoints
  for delete to authenticated using (user_id = (select auth.uid()));

-- Milliseconds since the epoch: what devices reckon with instead of their own clocks.
create function public.mirror_now() returns bigint
language sql volatile set search_path = '' as $$
  select floor(extract(epoch from clock_timestamp()) * 1000)::bigint;
$$;

-- One batch of a host, whole or not at all. What is there already stays as it is. `deleted` goes first,
-- so that a session can be sent anew in the same batch. AE001: it would leave a hole.
create function public.mirror_push(batch jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = '' as $$
declare
  me uuid := auth.uid();
  gone text[] := array(select jsonb_array_elements_text(coalesce(batch -> 'deleted', '[]'::jsonb)));
  hole text;
  seqs jsonb;
begin
  if cardinality(gone) > 0 then
    delete from public.events e where e.user_id = me and e.session_id = any (gone);
    delete from public.attachments a where a.user_id = me and a.session_id = any (gone);
    update public.sessions s
      set deleted_at = now(), updated_at = now(), head = '', open = null, seq = 0
      where s.user_id = me and s.session_id = any (gone) and s.deleted_at is null;
  end if;

  with given as (
    select e.session_id, min(e.seq) as first, max(e.seq) as last, count(distinct e.seq) as amount
    from jsonb_to_recordset(coalesce(batch -> 'events', '[]'::jsonb))
      as e (session_id text, seq bigint)
    group by e.session_id
  )
  select g.session_id into hole
  from given g
  left join public.sessions s on s.user_id = me and s.session_id = g.session_id
  where g.first > coalesce(s.seq, 0) + 1 or g.last - g.first + 1 <> g.amount
  limit 1;
  if hole is not null then
    raise exception 'the batch would leave a hole in session %', hole using errcode = 'AE001';
  end if;

  insert into public.events (user_id, session_id, seq, generation, payload)
  select me, e.session_id, e.seq, e.generation, e.payload
  from jsonb_to_recordset(coalesce(batch -> 'events', '[]'::jsonb))
    as e (session_id text, seq bigint, generation integer, payload text)
  on conflict do nothing;

  insert into public.sessions as s (user_id, session_id, host_id, generation, seq, head, open)
  select me, r.session_id, batch ->> 'host_id', r.generation,
    coalesce((
      select max(e.seq)
      from jsonb_to_recordset(coalesce(batch -> 'events', '[]'::jsonb))
        as e (session_id text, seq bigint)
      where e.session_id = r.session_id), 0),
    r.head, r.open
  from jsonb_to_recordset(coalesce(batch -> 'sessions', '[]'::jsonb))
    as r (session_id text, generation integer, head text, open text)
  on conflict (user_id, session_id) do update
    set host_id = excluded.host_id, generation = excluded.generation,
      seq = greatest(s.seq, excluded.seq), head = excluded.head, open = excluded.open,
      deleted_at = null, updated_at = now();

  select coalesce(jsonb_object_agg(s.session_id, s.seq), '{}'::jsonb) into seqs
  from public.sessions s
  where s.user_id = me and s.session_id in (
    select r.session_id
    from jsonb_to_recordset(coalesce(batch -> 'sessions', '[]'::jsonb)) as r (session_id text));
  return jsonb_build_object('now', public.mirror_now(), 'seqs', seqs);
end;
$$;

-- What waits for a host, with the time by which it decides what came too late.
create function public.mirror_commands(host_id text) returns jsonb
language sql stable security invoker set search_path = '' as $$
  select jsonb_build_object(
    'now', public.mirror_now(),
    'rows', coalesce(jsonb_agg(to_jsonb(c) - 'user_id' order by c.device_id, c.number), '[]'::jsonb))
  from (
    select * from public.commands w
    where w.host_id = mirror_commands.host_id and w.answer is null
    order by w.device_id, w.number
    limit 500
  ) c;
$$;

create function public.mirror_send(command jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = '' as $$
begin
  insert into public.commands
    (command_id, device_id, host_id, session_id, number, generation, payload, signature)
  select c.command_id, c.device_id, c.host_id, c.session_id, c.number, c.generation, c.payload,
    c.signature
  from jsonb_to_record(command) as c (command_id text, device_id text, host_id text,
    session_id text, number bigint, generation integer, payload text, signature text)
  on conflict (user_id, command_id) do nothing;
  return jsonb_build_object('now', public.mirror_now());
end;
$$;

create function public.mirror_usage() returns jsonb
language sql stable security invoker set search_path = '' as $$
  select jsonb_build_object(
    'events', (select count(*) from public.events),
    'stored_bytes', (
      select coalesce(sum(f.size_bytes), 0)
      from (select distinct on (attachment_id) size_bytes from public.attachments) f));
$$;

create function public.mirror_delete_all() returns void
language sql volatile security invoker set search_path = '' as $$
  delete from public.push_endpoints where user_id = auth.uid();
  delete from public.attachments where user_id = auth.uid();
  delete from public.commands where user_id = auth.uid();
  delete from public.events where user_id = auth.uid();
  delete from public.sessions where user_id = auth.uid();
  delete from public.account_keys where user_id = auth.uid();
  delete from public.devices where user_id = auth.uid();
$$;

revoke all on function public.mirror_now(), public.mirror_push(jsonb),
  public.mirror_commands(text), public.mirror_send(jsonb), public.mirror_usage(),
  public.mirror_delete_all() from public, anon;
grant execute on function public.mirror_now(), public.mirror_push(jsonb),
  public.mirror_commands(text), public.mirror_send(jsonb), public.mirror_usage(),
  public.mirror_delete_all() to authenticated;

-- Realtime wakes the devices; what each is told is under the same policies.
alter publication supabase_realtime add table public.sessions, public.events, public.commands,
  public.devices;

-- Sealed pieces of files: <user>/<attachment>/<piece>.
insert into storage.buckets (id, name, public) values ('mirror', 'mirror', false)
  on conflict (id) do nothing;
create policy "own pieces: read" on storage.objects for select to authenticated
  using (bucket_id = 'mirror' and (storage.foldername(name))[1] = (select auth.uid()::text));
create policy "own pieces: add" on storage.objects for insert to authenticated
  with check (bucket_id = 'mirror' and (storage.foldername(name))[1] = (select auth.uid()::text));
create policy "own pieces: change" on storage.objects for update to authenticated
  using (bucket_id = 'mirror' and (storage.foldername(name))[1] = (select auth.uid()::text))
  with check (bucket_id = 'mirror' and (storage.foldername(name))[1] = (select auth.uid()::text));
create policy "own pieces: remove" on storage.objects for delete to authenticated
  using (bucket_id = 'mirror' and (storage.foldername(name))[1] = (select auth.uid()::text));
