// Every event that the platform logs: its level, its meaning, the action of the operator, and its fields. Used by every
// file that logs (the type `Log`) and by the page docs/reference/log-events.md. A published name never changes its meaning.
// Fields are ids, counts, codes and durations; never a text, a whole number, a key or an address with credentials.

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogEvent {
  readonly level: LogLevel;
  readonly meaning: string;
  /** The action of the operator; null if there is nothing to do. */
  readonly remedy: string | null;
  readonly fields: readonly string[];
}

export const logEvents = {
  'application_secret.open_failed': {
    level: 'error',
    meaning: 'The secret of an OVH application cannot be opened: it was sealed with another key.',
    remedy: 'Set CHAPPE_SECRET_KEY to its earlier value, or let the customers create new applications.',
    fields: [],
  },
  'callback.prepare_failed': {
    level: 'warn',
    meaning: 'A callback cannot be written in the dialect of its campaign. Its row stays and is tried again.',
    remedy: 'Report it as a fault of Chappe, with `err`.',
    fields: ['callback', 'err'],
  },
  'callback.read_failed': {
    level: 'warn',
    meaning: 'The content of a waiting callback could not be read from the database. It is tried again.',
    remedy: 'Check the database if it repeats.',
    fields: ['callback', 'err'],
  },
  'callback.record_failed': {
    level: 'warn',
    meaning: 'An attempt to push a callback was not recorded. The customer can receive the callback twice.',
    remedy: 'Check the database if it repeats.',
    fields: ['callback', 'err'],
  },
  'callback.release_failed': {
    level: 'warn',
    meaning: 'Callbacks were not released when this process stopped. Another process reclaims them.',
    remedy: null,
    fields: ['callbacks', 'err'],
  },
  'carrier_callback.dropped': {
    level: 'warn',
    meaning: 'A request of a carrier has no receipt or reply that can be read. It was answered and dropped.',
    remedy: 'Compare `chappe carrier show` with the documentation of the carrier if it repeats.',
    fields: ['connector', 'reason'],
  },
  'carrier_callback.refused': {
    level: 'warn',
    meaning: 'A receipt or reply at the address of a carrier was not signed by it. It was refused.',
    remedy: 'Check the secret of the carrier, and that CHAPPE_PUBLIC_URL is the address that it calls.',
    fields: ['connector', 'reason'],
  },
  'carrier_callback.state_unknown': {
    level: 'warn',
    meaning: 'A receipt of an HTTP carrier contains a status without a known meaning. It changes nothing.',
    remedy: 'Give its meaning with `--receipt-states`.',
    fields: ['connector', 'word'],
  },
  'chunk.reclaimed': {
    level: 'warn',
    meaning:
      'Chunks of an expired process are free again. Messages that were sent and not recorded are sent again.',
    remedy: 'Find out why the process ended if it was not stopped on purpose.',
    fields: ['chunks'],
  },
  'connector.learnt_save_failed': {
    level: 'warn',
    meaning:
      'The observed receipt format of a carrier was not saved. It is observed again after the next start.',
    remedy: 'Check the database if it repeats.',
    fields: ['connector', 'err'],
  },
  'connector.secrets_unreadable': {
    level: 'error',
    meaning:
      'The password and other secrets of a carrier cannot be opened: the key of the platform (CHAPPE_SECRET_KEY) has changed.',
    remedy: 'Restore the key, or remove the carrier and add it again.',
    fields: ['connector'],
  },
  'consumer_key.use_record_failed': {
    level: 'warn',
    meaning: 'The time of the last use of a consumer key was not recorded.',
    remedy: 'Check the database if it repeats.',
    fields: ['err'],
  },
  'database.close_failed': {
    level: 'warn',
    meaning: 'The connections to the database were not closed in order when the process stopped.',
    remedy: null,
    fields: ['err'],
  },
  'database.connection_lost': {
    level: 'warn',
    meaning: 'An idle connection to the database was lost. A new one is opened when it is needed.',
    remedy: 'Check the network and the log of PostgreSQL if it repeats.',
    fields: ['err'],
  },
  'database.fsync_disabled': {
    level: 'warn',
    meaning: 'The database runs without fsync: a power failure loses accepted messages.',
    remedy: 'Set `fsync = on` in the configuration of PostgreSQL.',
    fields: [],
  },
  'database.notices_lost': {
    level: 'warn',
    meaning: 'The connection for notices was lost. Loops find work by polling until it is open again.',
    remedy: 'Check the network and the log of PostgreSQL if it repeats.',
    fields: [],
  },
  'database.pipeline_lost': {
    level: 'warn',
    meaning: 'A pipelined connection to the database was lost. Its batches are tried again on a new one.',
    remedy: 'Check the network and the log of PostgreSQL if it repeats.',
    fields: ['err'],
  },
  'database.server_reported': {
    level: 'info',
    meaning: 'A line of output of the embedded PostgreSQL.',
    remedy: null,
    fields: ['line'],
  },
  'export.discarded': {
    level: 'warn',
    meaning:
      'An export of the history was discarded: it does not fit into the document storage of its account.',
    remedy: 'Raise CHAPPE_DOCUMENT_ACCOUNT_MEGABYTES, or let the customer delete documents.',
    fields: ['account', 'document', 'problem'],
  },
  'http.request_failed': {
    level: 'error',
    meaning:
      'A request failed for a reason of this platform. The client received the internal error of its dialect.',
    remedy: 'Check the database; otherwise report it as a fault of Chappe, with `err`.',
    fields: ['dialect', 'requestId', 'err'],
  },
  'http.server_reported': {
    level: 'warn',
    meaning: 'A warning of the HTTP server.',
    remedy: 'Report it as a fault of Chappe if it repeats.',
    fields: ['message'],
  },
  'http_carrier.failed': {
    level: 'warn',
    meaning:
      'A carrier failed several times in succession, and its link is down for a while. One message at a time tries it again.',
    remedy: 'Check the network and the state of the carrier if it repeats.',
    fields: ['reason', 'times'],
  },
  'http_carrier.misconfigured': {
    level: 'error',
    meaning: 'The options of a carrier do not permit a request.',
    remedy: 'Remove the carrier and add it with correct options.',
    fields: ['reason'],
  },
  'http_carrier.poll_failed': {
    level: 'warn',
    meaning:
      'A carrier did not give its list of receipts or replies. It is asked again later, from the same place: none is lost.',
    remedy:
      'Check --poll-receipts, --poll-replies, --receipt-list and --reply-list of the carrier if it repeats.',
    fields: ['polled', 'reason', 'times'],
  },
  'http_carrier.recovered': {
    level: 'info',
    meaning: 'A carrier that failed answers again.',
    remedy: null,
    fields: [],
  },
  'http_carrier.refused': {
    level: 'error',
    meaning:
      'A carrier refused the credentials or the address of its link, or redirects it. It is tried again rarely.',
    remedy: 'Remove the carrier and add it with correct options.',
    fields: ['reason'],
  },
  'http_carrier.unreadable': {
    level: 'error',
    meaning:
      'The answer of a carrier could not be read because of a fault of Chappe. Its messages are in doubt.',
    remedy: 'Report it as a fault of Chappe, with `reason`.',
    fields: ['reason'],
  },
  'http_carrier.unwritable': {
    level: 'error',
    meaning:
      'A request to a carrier could not be written from the options of its link, and nothing was sent. Its messages are tried again; if it repeats, the link is down for a while.',
    remedy:
      'Check the URL, the headers and the body of the carrier; otherwise report it as a fault of Chappe, with `reason`.',
    fields: ['reason'],
  },
  'job.reclaimed': {
    level: 'warn',
    meaning: 'Jobs of an expired process are free again; another process continues them.',
    remedy: 'Find out why the process ended if it was not stopped on purpose.',
    fields: ['jobs'],
  },
  'listener.connections_refused': {
    level: 'warn',
    meaning: 'Connections were refused because the limit of open connections was reached.',
    remedy:
      'Find the clients that hold connections, or raise CHAPPE_CONNECTIONS or CHAPPE_CONNECTIONS_PER_ADDRESS.',
    fields: ['refused', 'limit'],
  },
  'listener.limit_lowered': {
    level: 'warn',
    meaning: 'The limit of open files allows fewer connections than CHAPPE_CONNECTIONS.',
    remedy: 'Raise the limit of open files (`ulimit -n`).',
    fields: ['descriptors', 'connections', 'wanted'],
  },
  'loop.failed': {
    level: 'warn',
    meaning: 'One run of a loop failed. It is repeated after a pause that grows up to 10 s.',
    remedy: 'Check the database and the network if `failures` grows.',
    fields: ['loop', 'failures', 'err'],
  },
  'mail.take_failed': {
    level: 'error',
    meaning:
      'A received mail was not processed. The sending server received a temporary error and repeats it.',
    remedy: 'Check the database; otherwise report it as a fault of Chappe, with `err`.',
    fields: ['account', 'err'],
  },
  'message.left_in_doubt': {
    level: 'warn',
    meaning:
      'A message was sent to a carrier and its answer did not arrive. The message is sent again, at most five times.',
    remedy: 'Ask the carrier if it repeats: recipients can receive such messages twice.',
    fields: ['message', 'reason', 'times'],
  },
  'metrics.read_failed': {
    level: 'warn',
    meaning:
      'The gauges of the queues, or all metrics, could not be read for a scrape. In the second case it was answered with status 500.',
    remedy: 'Check the database if it repeats.',
    fields: ['err'],
  },
  'notice.handle_failed': {
    level: 'warn',
    meaning: 'A notice of another process was not handled. The next notice or poll repeats it.',
    remedy: 'Check the database if it repeats.',
    fields: ['err'],
  },
  'notification.given_up': {
    level: 'warn',
    meaning: 'An SMS or mail that the platform sends for an account was given up.',
    remedy: 'Check CHAPPE_MAIL_RELAY and the credit of the account.',
    fields: ['account', 'notification', 'err'],
  },
  'operations.listening': {
    level: 'info',
    meaning: "The operator's listener is open: /metrics, /healthz and /readyz.",
    remedy: null,
    fields: ['url'],
  },
  'outcome.abandoned': {
    level: 'error',
    meaning:
      'An outcome of a carrier was not stored before this process stopped. The message is in doubt and is sent again.',
    remedy: 'Check the database: it did not accept writes.',
    fields: ['err'],
  },
  'outcome.store_failed': {
    level: 'warn',
    meaning: 'A batch of outcomes was not stored. It is tried again.',
    remedy: 'Check the database: it does not accept writes.',
    fields: ['outcomes', 'err'],
  },
  'partition.drop_postponed': {
    level: 'warn',
    meaning: 'An old partition is in use and is dropped later.',
    remedy: 'Look for long transactions if it repeats for days.',
    fields: ['partition'],
  },
  'partition.dropped': {
    level: 'info',
    meaning: 'An old partition was dropped by retention.',
    remedy: null,
    fields: ['partition'],
  },
  'process.fenced': {
    level: 'warn',
    meaning: 'A process was declared expired. The database refuses its writes, and its work is released.',
    remedy: 'Find out why the process ended if it was not stopped on purpose.',
    fields: ['process', 'host'],
  },
  'process.paused': {
    level: 'warn',
    meaning: 'The lease of this process was not renewed in time. It hands nothing to carriers until it is.',
    remedy: 'Check the database and the load of this machine.',
    fields: [],
  },
  'process.resumed': {
    level: 'info',
    meaning: 'The lease of this process was renewed after a delay. It hands messages to carriers again.',
    remedy: null,
    fields: [],
  },
  'receipt.dropped': {
    level: 'warn',
    meaning: 'Receipts matched no message within their time and were deleted.',
    remedy: 'Check the options `id-form` and `receipts` of the carrier if it repeats.',
    fields: ['receipts'],
  },
  'receipt.store_failed': {
    level: 'warn',
    meaning: 'A receipt was not stored. The carrier received an error and repeats it.',
    remedy: 'Check the database: it does not accept writes.',
    fields: ['err'],
  },
  'refusal.record_failed': {
    level: 'warn',
    meaning:
      'Requests that were refused could not be entered into the list of the console. Their senders were answered.',
    remedy: 'Check the database if it repeats.',
    fields: ['refusals', 'err'],
  },
  'reply.store_failed': {
    level: 'warn',
    meaning: 'Replies were not stored. The carrier received an error and repeats them.',
    remedy: 'Check the database: it does not accept writes.',
    fields: ['replies', 'err'],
  },
  'role.missing': {
    level: 'warn',
    meaning: 'No live process plays this role. Its work waits.',
    remedy: 'Start a process with this role (CHAPPE_ROLES).',
    fields: ['role'],
  },
  'simulator.bind_opened': {
    level: 'info',
    meaning: 'A client bound to the simulated carrier.',
    remedy: null,
    fields: ['systemId', 'bind'],
  },
  'simulator.connection_closed': {
    level: 'info',
    meaning: 'A connection to the simulated carrier was closed.',
    remedy: null,
    fields: ['systemId', 'reason'],
  },
  'simulator.pdu_malformed': {
    level: 'warn',
    meaning: 'The simulated carrier received a PDU that it cannot read.',
    remedy: 'Check the client.',
    fields: ['reason'],
  },
  'simulator.pdu_unexpected': {
    level: 'debug',
    meaning: 'The simulated carrier received a response without a request.',
    remedy: null,
    fields: ['command'],
  },
  'smpp.bind_lost': {
    level: 'warn',
    meaning: 'A bind to a carrier ended or its connection failed. It is opened again after a pause.',
    remedy: 'Check the network and the address of the carrier if it repeats.',
    fields: ['bind', 'reason'],
  },
  'smpp.bind_misconfigured': {
    level: 'error',
    meaning: 'The options of a carrier do not permit a bind.',
    remedy: 'Correct the options with `chappe carrier set`.',
    fields: ['bind', 'reason'],
  },
  'smpp.bind_opened': {
    level: 'info',
    meaning: 'A bind to a carrier is open.',
    remedy: null,
    fields: ['bind'],
  },
  'smpp.bind_postponed': {
    level: 'info',
    meaning: 'The next attempt to bind begins after this delay.',
    remedy: null,
    fields: ['bind', 'delayMs'],
  },
  'smpp.bind_refused': {
    level: 'warn',
    meaning: 'A carrier refused a bind with this status. It is tried again after a pause.',
    remedy: 'Ask the carrier about the status if it repeats.',
    fields: ['bind', 'status'],
  },
  'smpp.credentials_refused': {
    level: 'error',
    meaning:
      'A carrier refused the system_id, the password or the address of a bind. It is tried again rarely.',
    remedy: 'Correct the credentials with `chappe carrier set`.',
    fields: ['bind', 'status'],
  },
  'smpp.delivery_dropped': {
    level: 'warn',
    meaning: 'A deliver_sm is neither a receipt nor a reply that can be read. It was answered and dropped.',
    remedy: 'Ask the carrier for the form of its receipts if it repeats.',
    fields: ['bind', 'reason'],
  },
  'smpp.pdu_malformed': {
    level: 'warn',
    meaning: 'A carrier sent a PDU that cannot be read.',
    remedy: 'Report it to the carrier if it repeats.',
    fields: ['bind', 'reason'],
  },
  'smpp.pdu_unexpected': {
    level: 'debug',
    meaning: 'A carrier sent a response without a request, for example after the response time had passed.',
    remedy: null,
    fields: ['bind', 'command'],
  },
  'smpp.receipt_format_learnt': {
    level: 'info',
    meaning: 'The format of the receipts of a carrier was observed and is used from now on.',
    remedy: null,
    fields: ['habits'],
  },
  'smpp.receipt_state_unknown': {
    level: 'warn',
    meaning: 'Receipts of a carrier contain a state without a known meaning.',
    remedy: 'Give its meaning with `chappe carrier set --state-words`.',
    fields: ['word', 'times'],
  },
  'smpp_customer.bind_failed': {
    level: 'error',
    meaning: 'A bind of a customer could not be checked.',
    remedy: 'Check the database if it repeats.',
    fields: ['address', 'err'],
  },
  'smpp_customer.bind_refused': {
    level: 'warn',
    meaning: 'A bind of a customer was refused with this status.',
    remedy:
      'Compare the system_id, the address and the number of binds with `chappe account show` and `chappe account set`.',
    fields: ['systemId', 'address', 'status', 'reason'],
  },
  'smpp_customer.bound': {
    level: 'info',
    meaning: 'The software of a customer has bound.',
    remedy: null,
    fields: ['account', 'bind', 'address', 'isTls', 'version'],
  },
  'smpp_customer.pdu_malformed': {
    level: 'info',
    meaning:
      'The software of a customer sent a PDU that cannot be read. It was answered with a command_status.',
    remedy: 'Tell the customer the reason if it repeats.',
    fields: ['account', 'command', 'reason'],
  },
  'smpp_customer.pdu_unexpected': {
    level: 'debug',
    meaning: 'The software of a customer sent a response without a request.',
    remedy: null,
    fields: ['account', 'command'],
  },
  'smpp_customer.request_failed': {
    level: 'error',
    meaning:
      'A request of a customer over SMPP failed by a fault of the platform. The customer was told to send it again.',
    remedy: 'Check the database; otherwise report it as a fault of Chappe, with `err`.',
    fields: ['account', 'command', 'err'],
  },
  'smpp_customer.request_refused': {
    level: 'info',
    meaning: 'A request of a customer over SMPP was refused with this status.',
    remedy: 'Tell the customer the remedy.',
    fields: ['account', 'command', 'status', 'reason', 'remedy'],
  },
  'smpp_customer.unbound': {
    level: 'info',
    meaning: 'A bind of a customer has ended.',
    remedy: null,
    fields: ['account', 'bind', 'reason'],
  },
  'smtp.connection_failed': {
    level: 'debug',
    meaning: 'A connection to the SMTP listener failed.',
    remedy: null,
    fields: ['err'],
  },
  'tls.certificate_replaced': {
    level: 'info',
    meaning: 'The HTTPS listener presents a new certificate.',
    remedy: null,
    fields: [],
  },
  'tls.connection_failed': {
    level: 'debug',
    meaning: 'A TLS connection failed in its handshake.',
    remedy: null,
    fields: ['err'],
  },
  'tracing.export_failed': {
    level: 'warn',
    meaning:
      'The OTLP receiver did not take spans. Logged once until it takes some again; the spans are lost.',
    remedy: 'Check CHAPPE_OTLP_URL and the receiver.',
    fields: ['err'],
  },
  'tracing.export_resumed': {
    level: 'info',
    meaning: 'The OTLP receiver takes spans again.',
    remedy: null,
    fields: [],
  },
} as const satisfies Record<string, LogEvent>;

type LogEvents = typeof logEvents;
export type LogEventName = keyof LogEvents;

type EventOf<Level extends LogLevel> = {
  [Name in LogEventName]: LogEvents[Name]['level'] extends Level ? Name : never;
}[LogEventName];

type FieldValue = string | number | boolean | null | object;
type FieldsOf<Name extends LogEventName> = Readonly<Record<LogEvents[Name]['fields'][number], FieldValue>>;

/** The arguments of a call: the name of an event of this level, and its fields if it has any. */
type Entry<Level extends LogLevel> = {
  [Name in EventOf<Level>]: LogEvents[Name]['fields'] extends readonly []
    ? [event: Name]
    : [event: Name, fields: FieldsOf<Name>];
}[EventOf<Level>];

/** Writes events of the table. `err` is the error itself for level `error`, else its message. */
export interface Log {
  debug(...entry: Entry<'debug'>): void;
  info(...entry: Entry<'info'>): void;
  warn(...entry: Entry<'warn'>): void;
  error(...entry: Entry<'error'>): void;
  /** A log that adds these fields to every entry. */
  child(fields: Readonly<Record<string, FieldValue>>): Log;
}
