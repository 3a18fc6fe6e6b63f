// Mots français de la boîte de réception.
import type { inbox as english } from '../en/inbox.ts';
import { counted } from '../format.ts';

export const inbox: typeof english = {
  title: 'Boîte de réception',
  tabs: { unhandled: 'À traiter', all: 'Toutes', 'opt-outs': 'STOP' },
  conversations: 'Conversations',
  empty: 'Aucune réponse pour l’instant.',
  emptyText:
    'On peut répondre aux textes dont l’expéditeur est un numéro. Une réponse apparaît ici aussitôt.',
  emptyUnhandled: 'Tout est traité.',
  seeNumbers: 'Voir les numéros du compte',
  choose: 'Choisissez une conversation.',
  to: (recipient) => `au ${recipient}`,
  unread: 'non lu',
  stop: 'STOP',
  back: 'Toutes les conversations',
  handled: 'Marquer comme traité',
  reopen: 'Marquer comme à traiter',
  handledBy: (name) => `Traité par ${name}`,
  isHandled: 'Traité',
  older: 'Plus anciens',
  answer: 'Répondre',
  from: (recipient) => `Depuis ${recipient}`,
  placeholder: 'Écrire une réponse',
  send: 'Envoyer',
  sendCost: (cost) => `Envoyer · ${cost}`,
  price: (segments, cost) => `${counted(segments, 'segment', 'segments')}, ${cost}`,
  optedOut: (at) => `A répondu STOP le ${at}.`,
  optedOutText: 'Une réponse transactionnelle est possible, pas de marketing.',
  answerAnyway: 'Répondre quand même',
  sent: 'La réponse est en route.',
  messages: 'Tous les messages à ce numéro',
  facts: 'Contact',
  received: 'reçu',
};
