// Drafts, lists and templates made from a campaign: their entries of its menu and their dialogs. Used by Actions.tsx.
import { Checkbox, Menu, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call, queries } from '../../api.ts';
import { FormDialog } from '../../parts/forms.tsx';
import { useAccount } from '../../session.tsx';
import { useWords } from '../../words/words.ts';
import type { CampaignData } from './CampaignLine.tsx';

export type Copy = 'clone' | 'unreached' | 'list' | 'template';

const statuses = ['undelivered', 'expired', 'rejected', 'unknown', 'cancelled'] as const;
/** A message without a receipt may have arrived, and a cancelled one was not wanted. */
const unlikely: readonly string[] = ['unknown', 'cancelled'];

export function CopyItems({
  data,
  onAsk,
}: {
  readonly data: CampaignData;
  readonly onAsk: (copy: Copy) => void;
}) {
  const { campaigns } = useWords();
  const w = campaigns.copies;
  const missed = statuses.reduce((sum, status) => sum + data.counts[status], 0);
  return (
    <>
      <Menu.Item onClick={() => onAsk('clone')}>{w.clone}</Menu.Item>
      <Menu.Item disabled={missed === 0} onClick={() => onAsk('unreached')}>
        {w.unreached}
      </Menu.Item>
      <Menu.Item onClick={() => onAsk('list')}>{w.list}</Menu.Item>
      <Menu.Item onClick={() => onAsk('template')}>{w.template}</Menu.Item>
      <Menu.Divider />
    </>
  );
}

interface CopyDialogsProps {
  readonly data: CampaignData;
  readonly asked: Copy | null;
  readonly onClose: () => void;
}

export function CopyDialogs({ data, asked, onClose }: CopyDialogsProps) {
  const { campaigns, states, settings } = useWords();
  const w = campaigns.copies;
  const { account, base } = useAccount();
  const { campaign, counts, text } = data;
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<readonly string[]>(
    statuses.filter((status) => !unlikely.includes(status)),
  );
  const offered = statuses.filter((status) => counts[status] > 0);

  const open = async (wanted: readonly string[] | null) => {
    const body = { statuses: wanted as never };
    const { draft, recipients, leftOut } = await call('campaigns.copy', { account, campaign, body });
    notifications.show({ message: w.made(recipients, leftOut.optedOut, leftOut.lasting) });
    await queries.invalidateQueries({ queryKey: ['compose.list'] });
    void navigate({ to: `${base}/compose/${draft}` });
  };

  return (
    <>
      <FormDialog
        opened={asked === 'clone'}
        onClose={onClose}
        title={w.clone}
        action={w.makeDraft}
        submit={() => open(null)}
      >
        {() => <p>{w.cloneText}</p>}
      </FormDialog>
      <FormDialog
        opened={asked === 'unreached'}
        onClose={onClose}
        title={w.unreached}
        action={w.makeDraft}
        submit={() => open(chosen.filter((status) => counts[status as 'unknown'] > 0))}
      >
        {() => (
          <>
            <p>{w.unreachedText}</p>
            <Checkbox.Group value={[...chosen]} onChange={setChosen}>
              <div className="stack">
                {offered.map((status) => (
                  <Checkbox
                    key={status}
                    value={status}
                    label={w.withStatus(states.message[status], counts[status])}
                    description={w.hints[status]}
                  />
                ))}
              </div>
            </Checkbox.Group>
          </>
        )}
      </FormDialog>
      <FormDialog
        opened={asked === 'list'}
        onClose={onClose}
        title={w.list}
        action={w.keep}
        submit={async (field) => {
          const body = { list: field('list') };
          const { recipients } = await call('campaigns.keepAsList', { account, campaign, body });
          notifications.show({ message: w.listed(recipients, body.list) });
          await queries.invalidateQueries({ queryKey: ['compose.options'] });
        }}
      >
        {(fault) => (
          <>
            <p>{w.listText}</p>
            <TextInput
              name="list"
              label={w.listName}
              required
              maxLength={200}
              defaultValue={data.tag ?? ''}
              error={fault('list')}
            />
          </>
        )}
      </FormDialog>
      <FormDialog
        opened={asked === 'template'}
        onClose={onClose}
        title={w.template}
        action={w.keep}
        submit={async (field) => {
          const name = field('name');
          const body = { name, activity: 'transactional' as const, message: text };
          await call('templates.create', { account, body });
          notifications.show({ message: w.templated(name) });
          await queries.invalidateQueries({ queryKey: ['templates.list'] });
        }}
      >
        {(fault) => (
          <>
            <p className="soft">{text}</p>
            <TextInput
              name="name"
              label={settings.templateName}
              required
              maxLength={64}
              defaultValue={data.tag ?? ''}
              error={fault('name')}
            />
          </>
        )}
      </FormDialog>
    </>
  );
}
