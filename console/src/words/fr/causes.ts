// Catalogue français des causes : la phrase d’un échec et son remède, par le code du contrat.
import type { causes as english } from '../en/causes.ts';

export const causes: typeof english = {
  unknown: {
    says: 'L’opérateur a donné une raison qui lui est propre.',
    remedy: 'Interroger l’opérateur avec la référence du message.',
  },
  list: {
    'refused:number-invalid': {
      says: 'Ce n’est pas un numéro de téléphone.',
      remedy: 'Corrigez le numéro dans la liste. Il n’a rien coûté.',
    },
    'refused:': {
      says: 'Refusé à l’acceptation de la campagne.',
      remedy: 'Vérifiez le numéro et l’expéditeur. Il n’a rien coûté.',
    },
    validity: {
      says: 'Sa durée de validité s’est terminée avant qu’un opérateur ne puisse le prendre.',
      remedy: 'Commencer plus tôt, ou donner une durée plus longue. Le crédit réservé a été restitué.',
    },
    'no-receipt': {
      says: 'Aucun accusé n’est arrivé à temps.',
      remedy:
        'Souvent, l’opérateur n’en envoie pas pour cette destination. Le message reste débité\u00a0: l’opérateur l’a pris.',
    },
    carrier: {
      says: 'L’opérateur l’a refusé pour une raison qui lui est propre.',
      remedy: 'Interroger l’opérateur avec la référence du message.',
    },
    'receipt:undelivered': {
      says: 'Le téléphone n’a pas pu être joint, de façon définitive pour l’opérateur.',
      remedy:
        'Le numéro est peut-être hors service. Une vérification en dit plus\u202f; retirer le numéro si cela se répète.',
    },
    'receipt:expired': {
      says: 'Le téléphone est resté éteint ou sans réseau jusqu’à la fin de la validité.',
      remedy: 'Donner une durée de validité plus longue, ou envoyer à une autre heure.',
    },
    'receipt:rejected': {
      says: 'Le réseau du destinataire l’a rejeté.',
      remedy: 'Vérifier l’expéditeur et le texte\u00a0: certains réseaux rejettent des noms et des liens.',
    },
    'receipt:unknown': {
      says: 'L’opérateur ne connaît pas le résultat.',
      remedy: 'Il reste débité. Souvent, cette destination ne donne pas d’accusé.',
    },
    'smpp:ESME_RINVDSTADR': {
      says: 'L’opérateur ne prend pas ce numéro.',
      remedy: 'Vérifier le numéro. Il n’a pas été débité.',
    },
    'smpp:ESME_RINVSRCADR': {
      says: 'L’opérateur ne prend pas cet expéditeur.',
      remedy: 'Utiliser un expéditeur enregistré chez l’opérateur. Il n’a pas été débité.',
    },
    'smpp:ESME_RMSGQFUL': {
      says: 'La file de l’opérateur était pleine.',
      remedy: 'Envoyer à nouveau plus tard. Il n’a pas été débité.',
    },
    'smpp:ESME_RSUBMITFAIL': {
      says: 'L’opérateur n’a pas pu le prendre.',
      remedy: 'Envoyer à nouveau plus tard. Il n’a pas été débité.',
    },
    'smpp:ESME_RTHROTTLED': {
      says: 'L’opérateur a limité le débit.',
      remedy: 'L’exploitant réduit le débit du lien avec l’opérateur. Il n’a pas été débité.',
    },
    'smpp:': {
      says: 'L’opérateur l’a refusé.',
      remedy: 'Le code vient de SMPP 3.4 §5.1.3 ou de l’opérateur. Il n’a pas été débité.',
    },
    'receipt:': {
      says: 'L’opérateur a signalé qu’il n’a pas été distribué.',
      remedy: 'Interroger l’opérateur avec la référence.',
    },
    'opted-out': {
      says: 'Le destinataire a répondu STOP.',
      remedy: 'Aucun message marketing ne part vers ce numéro. Voir les désinscriptions du compte.',
    },
    'refused-by-operator': {
      says: 'L’exploitant a refusé sa campagne.',
      remedy: 'Le crédit réservé a été restitué. L’exploitant connaît le motif.',
    },
    'no-answer': {
      says: 'L’opérateur n’a répondu à aucun des six essais.',
      remedy: 'Le crédit réservé a été restitué. Envoyer à nouveau plus tard.',
    },
    cancelled: { says: 'Il a été annulé avant son départ.', remedy: 'Le crédit réservé a été restitué.' },
  },
};
