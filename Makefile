# The commands of the project; `make help` lists them.
PYTHON ?= python3
PY := .venv/bin/python
export PYTHON
# Each program would else compile all of its modules anew at every start, which is a quarter of one.
export PYTHONDONTWRITEBYTECODE :=
.DEFAULT_GOAL := help
.PHONY: help setup setup-run run test quick check bench rehearse permissions wordings screenshots requirements clean faults hostile archived attacked mutants

help: ## 列出全部命令 · list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)$$/  make \1|\2/p' Makefile | while IFS='|' read -r name text; do \
		printf '%-20s %s\n' "$$name" "$$text"; done

setup: ## 建立虚拟环境并安装固定版本 · make .venv with the pinned requirements
	@deploy/set_up.sh test

setup-run:
	@deploy/set_up.sh run

run: setup-run ## 启动全系统，Ctrl-C 停止 · start the system; Ctrl-C stops it
	@exec $(PY) cli.py run

# Tests wait nearly half of their time (for servers, browsers and timers), so that three share two cores; six at most.
WORKERS ?= $(shell n=$$(($$(nproc 2>/dev/null || echo 2) * 3 / 2)); echo $$((n > 6 ? 6 : n)))

test: check ## 全部检查与测试 · every check and every test
	@$(PY) -m pytest --numprocesses $(WORKERS) --dist worksteal

quick: setup ## 提交前两分钟自查：检查、规则、架构 · the checks, the rules and the architecture, in two minutes
	@$(MAKE) --no-print-directory --jobs 2 check quick-tests

.PHONY: quick-tests
quick-tests: setup
	@$(PY) -m pytest tests/domain tests/architecture --quiet --numprocesses 2 --dist worksteal

check: setup ## 风格、类型、架构检查 · style, types, architecture
	@! grep -rn ':/[/]' requirements Makefile .ci || { echo '上列文件不得含网址 · no address may stand in these files'; exit 1; }
	@$(PY) -m ruff check --quiet .
	@$(PY) -m ruff format --check --quiet .
	@$(PY) -m mypy
	@.venv/bin/lint-imports --no-logo

bench: ## 性能测量，与引擎底线和同类系统相比 · measure against the bare engine and a peer
	@deploy/set_up.sh bench
	@$(PY) -m bench

faults: setup ## 故障测试，发布前的规模 · break the system at release size (ARGS="--short R17")
	@$(PY) -m faults $(ARGS)

hostile: setup ## 按接口文档随机生成五万次请求 · 50,000 requests generated from the documentation (ARGS=COUNT)
	@HUIYING_GENERATED=$(or $(ARGS),50000) $(PY) -m pytest tests/api/test_generated.py --quiet

archived: setup ## 五十件归档后删掉 Temporal 的数据，全部由档案核验 · fifty archived cases audited without the engine's store (ARGS=COUNT)
	@HUIYING_ARCHIVED=$(or $(ARGS),50) $(PY) -m pytest tests/audit/test_archived.py --quiet

attacked: setup ## 逐字节改动整个证据包，须全部发现 · change every byte of whole bundles, each must be noticed
	@HUIYING_ATTACKED=all $(PY) -m pytest tests/audit/test_every_byte.py --quiet --timeout 0

mutants: setup ## 随机改动规则三百处，看测试能否发现 · change the rules at 300 places, see whether tests notice (ARGS="--places 20 --seed 7")
	@$(PY) -m tests.mutants $(ARGS)

.PHONY: measure
measure: setup ## 读文字读得多准：个人信息、数值 · how well texts are read, on texts not seen before
	@$(PY) -m tests.measure
	@$(PY) -m tests.measure_repeats

rehearse: setup-run ## 演练全部案例文件 · rehearse every file of rehearsals/
	@exec $(PY) cli.py rehearse

.PHONY: shape
shape: setup ## 房屋的数字：各室行数、依赖方向、命令所及、函数与模板长短 · the house in figures: rooms, arrows, reach of a command, lengths
	@$(PY) -m tests.shape

permissions: setup ## 由路由生成 docs/permissions.md · write the table of roles and routes
	@$(PY) -m tests.permissions_table

wordings: setup ## 整理页面文句的目录，列出尚无英文的 · lay the sentences of the pages into their catalogues, name those without English
	@$(PY) -m tests.wordings

screenshots: setup ## 由演示数据生成说明中的图片 · take the README's pictures from the demonstration data
	@$(PY) -m tests.pictures

requirements: ## 重新锁定依赖版本 · pin the requirements anew
	@deploy/pin.sh

clean: ## 删除虚拟环境与缓存（保留 var/） · remove .venv and caches, keep var/
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
