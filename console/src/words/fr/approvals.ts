// French words of the approval of a campaign by a second member.
import type { approvals as english } from '../en/approvals.ts';
import { counted, number } from '../format.ts';

export const approvals: typeof english = {
  title: 'Approbation',
  waitingList: 'Approbations',
  campaignOf: (title) => title || 'Campagne sans texte',
  facts: (count, cost) => `${counted(count, 'message', 'messages')} · ${cost}`,
  needed: 'Un autre propriétaire ou rédacteur approuve cette campagne avant qu’elle puisse être envoyée.',
  noDecider:
    'Aucun autre membre ne peut approuver. Invitez un propriétaire ou un rédacteur dans Réglages, Membres\u00a0; l’exploitant peut aussi approuver.',
  question: 'Pour la personne qui approuve',
  questionHint: 'Facultatif. Elle le lit à côté du texte, des destinataires et du prix.',
  ask: (count, cost) => `Demander l’approbation · ${counted(count, 'message', 'messages')} · ${cost}`,
  asked: 'L’approbation est demandée.',
  askAgain: 'Demander une nouvelle approbation',
  states: { waiting: 'En attente d’approbation', approved: 'Approuvée', refused: 'Refusée' },
  askedBy: (name, at) => `Demandée par ${name}, ${at}`,
  approvedBy: (name, at) => `Approuvée par ${name}, ${at}`,
  waitingOwn: 'Un autre membre décide',
  waitingOwnText:
    'Rien n’est envoyé entre-temps et le contenu ne change pas. Retirez la demande pour le modifier.',
  waitingOther: 'Votre décision est demandée',
  waitingOtherText:
    'Approuver n’envoie rien\u00a0: la campagne peut ensuite être envoyée exactement telle qu’elle est ici.',
  approvedText:
    'Elle peut être envoyée exactement telle qu’elle est ici. Si une désinscription ou un prix a changé, vous le voyez d’abord.',
  refusedTitle: (name) => `${name} a refusé cette campagne`,
  refusedText: 'Modifiez-la et demandez à nouveau.',
  approve: 'Approuver',
  refuse: 'Refuser',
  approveTitle: 'Approuver cette campagne\u202f?',
  approveText: (count, cost) =>
    `${counted(count, 'message', 'messages')} pour ${cost} pourront alors être envoyés, et pas davantage.`,
  refuseTitle: 'Refuser cette campagne\u202f?',
  refuseText: 'Elle redevient un brouillon, avec votre note.',
  note: 'Note',
  noteHint: 'La personne qui a demandé la lit.',
  approved: 'Campagne approuvée.',
  refused: 'Campagne refusée.',
  withdraw: 'Modifier la campagne',
  withdrawTitle: 'Retirer la demande\u202f?',
  withdrawText: 'La campagne redevient un brouillon. L’approbation sera demandée à nouveau avant l’envoi.',
  withdrawn: 'C’est à nouveau un brouillon.',
  openCompose: 'Ouvrir',
  movedAway:
    'L’approbation ne couvre pas les nouveaux chiffres\u00a0: plus de messages ou un coût plus élevé.',
  own: 'Personne n’approuve sa propre campagne.',
  rule: 'Approbation par un second membre',
  ruleText:
    'Les campagnes écrites dans la console attendent un autre propriétaire ou rédacteur. Ce que vos logiciels envoient par une API n’est pas concerné.',
  ruleNone: 'Aucune campagne n’en a besoin',
  ruleAll: 'Toutes les campagnes en ont besoin',
  ruleAbove: 'Les campagnes au-dessus d’un nombre de messages en ont besoin',
  ruleNumber: 'Messages',
  ruleShown: (above) =>
    above === null
      ? 'non demandée'
      : above === 0
        ? 'chaque campagne'
        : `au-dessus de ${number(above)} messages`,
};
