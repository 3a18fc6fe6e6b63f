// The dialog that pushes again what was given up since a day. Used by the delivery log of an account and by the operator.
import { TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, queries, query } from '../api.ts';
import * as format from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { Confirm } from './Page.tsx';

/** Counts first: the button says how many. */
export function ReplayAll({
  account,
  opened,
  onClose,
}: {
  readonly account: string;
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const { developers: w } = useWords();
  const [since, setSince] = useState(() => new Date(format.nowMs() - 86_400_000).toISOString().slice(0, 10));
  const { data } = useQuery({
    ...query('deliveries.countReplay', { account, since }),
    enabled: opened && since !== '',
  });
  const count = data?.messages ?? 0;
  return (
    <Confirm
      opened={opened}
      onClose={onClose}
      title={w.replayAllTitle}
      action={w.replayAction(count)}
      disabled={count === 0}
      onConfirm={async () => {
        const { messages } = await call('deliveries.replay', { account, body: { since } });
        notifications.show({ message: w.replayed(messages) });
        await queries.invalidateQueries({ queryKey: ['deliveries.list'] });
        await queries.invalidateQueries({ queryKey: ['operator.deliveries.list'] });
      }}
    >
      <TextInput
        type="date"
        label={w.replaySince}
        value={since}
        onChange={({ currentTarget }) => setSince(currentTarget.value)}
      />
      <p>
        {w.replayCount(count)} {w.replayText}
      </p>
    </Confirm>
  );
}
