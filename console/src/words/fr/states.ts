// Noms français des états, finalités, gammes et dialectes.
import type { states as english } from '../en/states.ts';

export const states: typeof english = {
  message: {
    accepted: 'Accepté',
    submitted: 'Remis à l’opérateur',
    delivered: 'Distribué',
    undelivered: 'Non distribué',
    expired: 'Expiré',
    rejected: 'Rejeté',
    cancelled: 'Annulé',
    unknown: 'Sans accusé',
  },
  campaign: {
    held: 'Retenue',
    scheduled: 'Programmée',
    waiting: 'En attente',
    sending: 'Envoi en cours',
    paused: 'En pause',
    sent: 'Envoyée',
    cancelled: 'Annulée',
    refused: 'Refusée',
  },
  callback: {
    pending: 'En attente',
    queued: 'En attente',
    delivered: 'Remis',
    failing: 'En échec',
    retried: 'Nouvel essai',
    'given-up': 'Abandonné',
  },
  purpose: { transactional: 'Transactionnel', marketing: 'Marketing' },
  tier: { premium: 'Premium', low_cost: 'Économique', world: 'Monde' },
  dialect: {
    'octopush-legacy': 'Octopush (ancienne API)',
    'octopush-rest': 'Octopush REST',
    ovh: 'API OVH',
    http2sms: 'OVH http2sms',
    smtp: 'E-mail vers SMS',
    smpp: 'SMPP',
    console: 'Console',
    cli: 'Ligne de commande',
    platform: 'Chappe',
  },
};
