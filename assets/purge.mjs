// Names that the purge cannot see in a source file, and names that are ours although Tabler has them as well.
export const SAFE_CLASSES = {
  standard: ["is-invalid", "is-valid", "invalid-feedback", "form-control", "form-select", "form-check", "form-check-input",
    "form-check-label", "form-text", "form-label", "col-form-label", "was-validated", "visually-hidden", "row", "col", "col-6", "col-12", "col-sm-6", "col-md-3", "col-md-4", "col-md-6", "col-md-8", "col-md-12", "g-2", "g-3",
    "mb-0", "mb-2", "mb-3", "mt-2", "mt-3", "d-none", "d-flex", "w-100"],
  greedy: [/data-bs-theme/],
};
export const OWN_CLASSES = [
  /^\.?(tag|timeline|toolbar|page|nav-item|mark|empty|steps|chip)$/, /^\.?(tag|timeline|page|nav)-/,
];
