// The sign of Chappe: a mast with a beam and two arms, as the telegraph of 1794 set them. Used by the rail and by the pages
// before signing in.
export function Sign({ size = 24 }: { readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d="M12 8v13.5M5.5 6.5l13 3M5.5 6.5 9 2.5M18.5 9.5v5" />
    </svg>
  );
}
