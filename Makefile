# make help : la liste des cibles.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

PYTHONS := python3 python3.14 python3.13 python3.12 python3.11
VENV := .venv
PY := $(VENV)/bin/python
# Nombre de processus de test ; « make test JOBS=1 » pour une machine chargée.
JOBS ?= auto
# « make run FRESH=1 » efface la démonstration et la refait.
FRESH ?=
PORT ?= 8000
# « make lock LOCK=--upgrade » prend les versions les plus récentes.
LOCK ?=

# Affiche le premier Python de 3.11 à 3.14 qui sait créer un environnement, ou échoue.
find_python = for p in $(PYTHONS); do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' \
		>/dev/null 2>&1 && { echo "$$p"; break; }; done

.PHONY: help install run test check fmt coverage bench soak faults mutants lock clean

help: ## afficher cette liste
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
		while IFS='|' read -r cible texte; do printf '  make %-10s %s\n' "$$cible" "$$texte"; done

install: $(VENV)/.installed ## créer l’environnement .venv d’après le verrou

$(VENV)/.installed: $(VENV)/.locked pyproject.toml requirements.in
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/.locked: requirements-dev.txt
	@$(PY) -c '' 2>/dev/null || { \
		p=$$($(find_python)); \
		if [ -z "$$p" ]; then \
			echo "Aucun Python de 3.11 à 3.14 (avec le module venv) n’a été trouvé." >&2; \
			echo "Installez-en un, par exemple les paquets python3 et python3-venv, puis relancez make." >&2; \
			exit 1; \
		fi; \
		echo "Création de $(VENV) avec $$("$$p" --version)"; \
		"$$p" -m venv --clear $(VENV); }
	@echo "Installation des dépendances verrouillées"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

run: install ## ouvrir la démonstration ; FRESH=1 la refait, PORT=8001 change de port
	@exec $(PY) -c 'import sys; from backoffice.cli import main; sys.exit(main())' \
		serve --demo --port $(PORT) $(if $(FRESH),--fresh)

test: check ## vérifier le code puis lancer toute la suite de tests
	@$(PY) -m pytest -n $(JOBS)

check: install ## style, format, types et frontières entre paquets
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

fmt: install ## mettre le code en forme
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

coverage: install ## mesurer les branches des règles parcourues par les tests
	@$(PY) -m coverage run -m pytest -q
	@$(PY) -m coverage report

bench: install ## mesurer les temps
	@$(PY) -m tests.bench

# « make faults SEEDS=1 » pour un seul passage de chaque panne.
SEEDS ?= 5
faults: install ## casser l’installation de toutes les façons connues
	@$(PY) -m tests.faults --seeds $(SEEDS)

mutants: install ## vérifier que chaque défaut semé est attrapé
	@$(PY) -m tests.faults.mutants

# « make soak ACTS=3000 FAULTS=60 » pour une épreuve plus courte de l’installation.
ACTS ?= 20000
FAULTS ?= 300
SEED ?= 1
soak: install ## éprouver longuement les règles, puis l’installation sous des pannes au hasard
	@HYPOTHESIS_PROFILE=soak $(PY) -m tests.soak
	@$(PY) -m tests.faults.soak --acts $(ACTS) --faults $(FAULTS) --seed $(SEED)

lock: ## recalculer les verrous (LOCK=--upgrade pour les dernières versions)
	@set -e; p=$$($(find_python)); d=$$(mktemp -d); trap 'rm -rf "$$d"' EXIT; \
	"$$p" -m venv "$$d"; "$$d/bin/python" -m pip install --quiet --disable-pip-version-check uv; \
	for f in requirements requirements-dev; do \
		"$$d/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
			$(LOCK) $$f.in -o $$f.txt; \
	done

clean: ## supprimer l’environnement, la démonstration et les fichiers produits
	@rm -rf $(VENV) var/demo var/demo.part build dist *.egg-info .coverage .coverage.* .hypothesis .import_linter_cache \
		.mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
