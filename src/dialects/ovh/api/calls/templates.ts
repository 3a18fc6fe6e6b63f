// Creates, reads, changes and deletes templates of an account (docs/dialects/ovh.md#senders-templates-and-numbers): texts that
// the operator approves. Used by call-table.ts. Sent texts are never compared with them.

import { type Answers, answer } from '#dialects/ovh/api/call-context.ts';
import { renderDate } from '#dialects/ovh/api/dates.ts';
import { badParameter, OvhRefusal, unknownObject } from '#dialects/ovh/api/errors.ts';
import { readStatus, statusOf } from '#dialects/ovh/api/review-status.ts';
import type { MessageTemplate, TemplateActivity } from '#domain/campaign/message-template.ts';
import { isBlankText } from '#gsm/invisible.ts';
import { readText } from './senders.ts';

// Quirk: the description spells it so (docs/dialects/ovh.md#senders-templates-and-numbers).
const spelled = {
  alerting: 'alerting',
  authentication: 'authentification',
  transactional: 'transactional',
} as const satisfies Record<TemplateActivity, string>;

type SpelledActivity = (typeof spelled)[TemplateActivity];

interface OfTemplate {
  readonly name: string;
}

interface NewTemplate extends OfTemplate {
  readonly activity: SpelledActivity;
  readonly message: string;
  readonly description?: string;
  readonly reason?: string;
}

interface TemplateInput extends OfTemplate {
  /** The name in the body; the path has another one. */
  readonly new_name?: string;
  readonly activity?: SpelledActivity;
  readonly message?: string;
  readonly description?: string;
  readonly status?: string;
}

const base = '/sms/{serviceName}/templatesControl';
const maxName = 64;
const maxMessage = 1600;
const maxDescription = 1000;

export const templateAnswers: Answers = {
  [`GET ${base}`]: answer(({ services, access }) => services.templates.list(access)),

  [`POST ${base}`]: answer<NewTemplate>(async ({ services, access, input }) => {
    const { description = '', reason = '' } = input;
    const isNew = await services.templates.create(access, {
      name: readName(input.name),
      activity: readActivity(input.activity),
      message: readMessage(input.message),
      description: readText('description', description, maxDescription),
      reason: readText('reason', reason, maxDescription),
    });
    if (!isNew) throw taken();
  }),

  [`GET ${base}/{name}`]: answer<OfTemplate>(async ({ services, access, input }) => {
    const template = await services.templates.read(access, input.name);
    if (template === null) throw unknownObject();
    return render(template);
  }),

  [`PUT ${base}/{name}`]: answer<TemplateInput>(async ({ services, access, input }) => {
    const { new_name: name, activity, message, description, status } = input;
    decide(
      await services.templates.edit(access, input.name, {
        name: name === undefined ? undefined : readName(name),
        activity: activity && readActivity(activity),
        message: message === undefined ? undefined : readMessage(message),
        description,
        status: status === undefined ? undefined : readStatus(status),
      }),
    );
  }),

  [`DELETE ${base}/{name}`]: answer<OfTemplate>(async ({ services, access, input }) => {
    if (!(await services.templates.remove(access, input.name))) throw unknownObject();
  }),

  [`POST ${base}/{name}/relaunchValidation`]: answer<OfTemplate & { message: string; description: string }>(
    async ({ services, access, input: { name, message, description } }) =>
      decide(
        await services.templates.resubmit(access, name, {
          message: readMessage(message),
          description: readText('description', description, maxDescription),
        }),
      ),
  ),
};

function decide(verdict: 'done' | 'unknown' | 'not-allowed' | 'name-taken'): void {
  if (verdict === 'unknown') throw unknownObject();
  if (verdict === 'name-taken') throw taken();
  if (verdict === 'not-allowed') throw new OvhRefusal(403, 'The status of this template does not allow it');
}

const taken = () => new OvhRefusal(409, 'A template of this name already exists');

function readActivity(written: SpelledActivity): TemplateActivity {
  return (Object.keys(spelled) as TemplateActivity[]).find((activity) => spelled[activity] === written)!;
}

function readName(written: string): string {
  const name = written.trim();
  if (name === '' || name.length > maxName)
    throw badParameter('name', `A name has 1 to ${maxName} characters`);
  return name;
}

function readMessage(message: string): string {
  if (isBlankText(message)) throw badParameter('message', 'The text is empty');
  return readText('message', message, maxMessage);
}

function render({ name, activity, message, description, status, comment, changedAtMs }: MessageTemplate) {
  return {
    name,
    activity: spelled[activity],
    message,
    description,
    status: statusOf[status],
    comment,
    datetime: renderDate(changedAtMs),
  };
}
