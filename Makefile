# The chores of this workspace; each is a chore of `cargo xtask`, where their options are.
.DEFAULT_GOAL := help
.PHONY: help run test bench services stop status clean-services migrate demo import schema tidy fmt

help:           ## this list
	@sed -n 's/^\([a-z-]*\): *## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 24
run:            ## start the services, migrate, make the demo and serve
	@cargo xtask run
test:           ## everything that must pass: format, lints, tidy, schema, tests, docs
	@cargo xtask test
bench:          ## measure: make bench ARGS="send --senders 1,32"
	@cargo xtask bench $(ARGS)
services:       ## install, create and start the private PostgreSQL and Redis
	@cargo xtask services start
stop:           ## stop them (and those of the tests)
	@cargo xtask services stop && cargo xtask services stop --profile test
status:         ## tell what runs
	@cargo xtask services status
clean-services: ## stop them and delete their data
	@cargo xtask services wipe && cargo xtask services wipe --profile test
migrate:        ## bring the database up to date
	@cargo xtask migrate up
seed: demo      ## the same
demo:           ## fill the database with something to look at
	@cargo xtask demo
import:         ## import data: make import ARGS="…"
	@cargo xtask import $(ARGS)
schema:         ## write each crate's src/schema.rs from the migrations
	@cargo xtask schema
tidy:           ## check the edges between the crates
	@cargo xtask tidy
fmt:            ## format everything
	@cargo fmt --all
