-- What the operator tells the users of plug-ins. Small, read by everybody: no bucket.

create table news (
  id            integer generated always as identity primary key,
  -- two letters
  lang          text not null,
  -- the plug-in it is for; null: all of them
  channel       text,
  title         text not null,
  text          text not null,
  author        text not null,
  published_at  timestamptz not null
);
