// Mots français des pages avant la connexion.
import type { signIn as english } from '../en/sign-in.ts';

export const signIn: typeof english = {
  title: 'Se connecter',
  lead: 'Des SMS pour vos logiciels et pour vos équipes, sur votre propre machine.',
  email: 'E-mail',
  password: 'Mot de passe',
  newPassword: 'Mot de passe',
  passwordHint: 'Au moins 12 caractères. Une phrase se retient bien.',
  stay: 'Rester connecté pendant 30 jours',
  submit: 'Se connecter',
  again: (time) => `De nouveau possible à ${time}.`,
  code: 'Code de l’application, ou un code de secours',
  codeTitle: 'Second facteur',
  codeSubmit: 'Continuer',
  lost: 'Plus personne ne peut se connecter\u202f? L’exploitant crée un lien à usage unique sur la machine\u00a0: npx chappe operator link',
  ended: 'Votre session est terminée',
  endedHelp: 'Reconnectez-vous. Ce que vous avez saisi dans la page est conservé.',
  enterTitle: 'Première connexion',
  enterBusy: 'Vérification du lien…',
  enterLead: 'Choisissez comment vous connecter désormais.',
  enterNoToken: 'Le lien est incomplet. Copiez-le en entier, avec la partie qui suit #.',
  name: 'Votre nom',
  enterSubmit: 'Enregistrer et continuer',
  later: 'Simplement découvrir',
  laterHint:
    'Seulement sur cette machine, avec l’opérateur simulé. Vous pourrez choisir un mot de passe plus tard.',
  inviteTitle: 'Invitation',
  inviteLead: (by, account, role) => `${by} vous invite dans ${account} en tant que ${role.toLowerCase()}.`,
  inviteOperator: (by) => `${by} vous invite comme exploitant de cette installation.`,
  inviteKnown: 'Vous avez déjà un mot de passe ici\u00a0: utilisez-le.',
  inviteSubmit: 'Accepter l’invitation',
  noAccount: 'Pas encore de compte',
  noAccountHelp:
    'Votre identifiant n’appartient à aucun compte. Un propriétaire peut vous inviter, ou l’exploitant en crée un\u00a0: npx chappe account add',
  preparing: 'Préparation de la console',
};
