// Names that the purge cannot see in a source file, and names that are ours although Tabler has them as well.
export const SAFE_CLASSES = {
  standard: ["is-invalid", "is-valid", "invalid-feedback", "form-control", "form-select", "form-check", "form-check-input",
    "form-check-label", "form-text", "form-label", "col-form-label", "was-validated", "visually-hidden", "data-bs-theme"],
  greedy: [/data-bs-theme/],
};
export const OWN_CLASSES = [
  /^\.?(tag|timeline|toolbar|page|nav-item|mark|empty|steps|chip|progress-box)$/, /^\.?(tag|timeline|page|nav)-/,
];
