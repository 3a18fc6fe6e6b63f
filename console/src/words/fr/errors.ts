// Phrases françaises pour les motifs de refus. Un refus du domaine absent d’ici montre le détail donné par le serveur.
import type { errors as english } from '../en/errors.ts';

export const errors: typeof english = {
  defect: 'Une erreur s’est produite de notre côté.',
  ours: 'Rien de ce qui a été accepté n’est perdu. Réessayez\u202f; si l’erreur persiste, transmettez le code à l’exploitant.',
  id: 'Code',
  required: 'Remplissez ce champ.',
  faults: {
    missing: 'Remplissez ce champ.',
    unknown: 'Ce champ est inconnu.',
    'too-short': 'C’est trop court.',
    'too-long': 'C’est trop long.',
    'too-small': 'C’est trop petit.',
    'too-large': 'C’est trop grand.',
    'not-allowed': 'Cette valeur n’est pas possible ici.',
    'wrong-type': 'Le format ne convient pas.',
    malformed: 'Cette valeur est illisible.',
  },
  reasons: {
    offline: 'Le serveur n’a pas répondu. Les chiffres de cette page sont ceux de la dernière réponse.',
    'request-invalid': 'Certains champs ne conviennent pas.',
    'value-invalid': 'Cette valeur n’est pas acceptée.',
    'session-missing': 'Votre session est terminée. Reconnectez-vous\u202f; cette page reste ouverte.',
    'second-factor-missing': 'Le code de votre second facteur manque encore.',
    'origin-foreign': 'La requête vient d’un autre site. Ouvrez la console par sa propre adresse.',
    'csrf-wrong': 'La page est plus ancienne que votre session. Rechargez-la.',
    'https-needed':
      'La connexion exige HTTPS ici\u00a0: les mots de passe circuleraient en clair. Ouvrez la console en https://, ou sur la machine elle-même par http://127.0.0.1.',
    'sign-in-wrong': 'L’e-mail ou le mot de passe est incorrect.',
    'sign-in-blocked': 'Ce compte est bloqué. L’exploitant peut le rouvrir.',
    'sign-in-too-many':
      'Trop d’essais. Patientez, ou demandez un lien à l’exploitant\u00a0: npx chappe operator link',
    'second-factor-wrong': 'Le code est incorrect. Utilisez le plus récent et vérifiez l’heure du téléphone.',
    'link-invalid':
      'Ce lien a déjà servi, a été remplacé ou a plus de 24 heures. L’exploitant en crée un autre\u00a0: npx chappe operator link',
    'invitation-invalid': 'Cette invitation a déjà servi, a été retirée ou a expiré. Demandez-en une autre.',
    'password-weak':
      'Ce mot de passe est trop courant, ou c’est votre e-mail. Choisissez-en un autre\u202f; une phrase se retient bien.',
    'not-found': 'Cette ligne n’existe pas dans ce compte. Elle a peut-être été supprimée.',
    conflict: 'L’état a changé entre-temps. Vérifiez la page.',
    'too-many-streams': 'Trop de connexions en direct. La page est actualisée toutes les 10 s.',
  },
};
