-- After the migrations: each change of a published table is written down and told by NOTIFY, in the
-- place of the write-ahead log that Realtime reads. NOTIFY carries the transaction only: rows do not
-- fit into 8 kB.
create schema realtime;
create unlogged table realtime.changes (
  id bigint generated always as identity,
  tx text not null default pg_current_xact_id()::text,
  at timestamptz not null default clock_timestamp(),
  kind text not null,
  table_name text not null,
  record jsonb not null
);
create index on realtime.changes (tx);

create function realtime.tell_rows() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into realtime.changes (kind, table_name, record)
  select tg_op, tg_table_name, to_jsonb(r) from rows r;
  if found then perform pg_notify('realtime', pg_current_xact_id()::text); end if;
  return null;
end;
$$;

-- A long value that an update leaves alone is not in the log, unless the table's replica identity is
-- full (PostgreSQL: TOAST, from about 2 kB).
create function realtime.tell_update() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  is_full boolean := (select relreplident = 'f' from pg_catalog.pg_class where oid = tg_relid);
  record jsonb := to_jsonb(new);
begin
  if not is_full then
    record := record - array(
      select n.key from jsonb_each_text(to_jsonb(new)) n
      where length(n.value) > 2000 and n.value = to_jsonb(old) ->> n.key);
  end if;
  insert into realtime.changes (kind, table_name, record) values ('UPDATE', tg_table_name, record);
  perform pg_notify('realtime', pg_current_xact_id()::text);
  return null;
end;
$$;

do $$
declare
  t text;
begin
  for t in select tablename from pg_publication_tables
    where pubname = 'supabase_realtime' and schemaname = 'public'
  loop
    execute format('create trigger realtime_insert after insert on public.%I
      referencing new table as rows for each statement execute function realtime.tell_rows()', t);
    execute format('create trigger realtime_delete after delete on public.%I
      referencing old table as rows for each statement execute function realtime.tell_rows()', t);
    execute format('create trigger realtime_update after update on public.%I
      for each row execute function realtime.tell_update()', t);
  end loop;
end;
$$;
