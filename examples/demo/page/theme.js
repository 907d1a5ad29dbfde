const THEMES = ["auto", "light", "dark"];

/** A button that goes through the themes; the choice is kept. */
export function initTheme(button) {
  let theme = THEMES.includes(localStorage.theme) ? localStorage.theme : "auto";
  const show = () => {
    document.documentElement.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
  };
  button.addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    localStorage.theme = theme;
    show();
  });
  show();
}
