// The dialog of an ended session, over the page: what was typed stays. Used by main.tsx. Shown when a call finds the session
// ended; closed by signing in again as the same person or another.
import { Modal } from '@mantine/core';
import { useEffect, useState } from 'react';
import { listenSignedOut, queries } from '../api.ts';
import { SignInForm } from '../pages/sign-in/SignInForm.tsx';
import { reloadSession } from '../session.tsx';
import { useWords } from '../words/words.ts';

export function SessionEnded() {
  const { signIn: w } = useWords();
  const [isEnded, setEnded] = useState(false);
  useEffect(
    () =>
      listenSignedOut(() => {
        if (!window.location.pathname.startsWith('/console/sign-in')) setEnded(true);
      }),
    [],
  );
  const onSignedIn = async () => {
    await reloadSession();
    setEnded(false);
    await queries.invalidateQueries();
  };
  return (
    <Modal
      opened={isEnded}
      onClose={() => {}}
      withCloseButton={false}
      title={w.ended}
      closeOnEscape={false}
      closeOnClickOutside={false}
    >
      <div className="stack">
        <p className="soft">{w.endedHelp}</p>
        <SignInForm onSignedIn={onSignedIn} />
      </div>
    </Modal>
  );
}
