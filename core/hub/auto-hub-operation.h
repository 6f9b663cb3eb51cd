/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-hub-private.h"

G_BEGIN_DECLS

/* One thing that a model needs: the first of some names that the repository has. */
typedef struct
{
  char **names;
  gboolean probe;      /* only find out whether it is there */
  gboolean minor;      /* asked for only when there is something else to ask for: a warm cache is enough */
  int found;           /* of the name taken, or -1 */
  gboolean settled;    /* nothing more to find out */
  gboolean unknown;    /* not found, but only because the hub could not be asked */
  gboolean fetch;      /* on the hub and not in the cache yet */
  AutoHubMetadata metadata;
} AutoHubItem;

/* Files of one repository at one commit, fetched together. The first answer of the hub says which commit a revision means; all
 * files are then of that commit, and when the revision moves meanwhile, the work starts again at the new one. */
typedef struct
{
  const AutoHubSettings *settings;
  char *repo, *revision, *folder;
  char *commit;           /* NULL as long as nobody has said */
  gboolean asked;         /* the hub has said it, in this operation */
  gboolean online;        /* the hub was asked something */
  gboolean offline;       /* the hub is not to be asked, or can't be */
  GError *trouble;        /* why it can't */
  GMutex mutex;           /* over the three above while threads run */
  AutoHubProgress progress;
  AutoHubReport report;
  gpointer report_data;
  GPtrArray *clients;     /* of AutoHubClient, one a thread */
} AutoHubOperation;

typedef enum { AUTO_HUB_RUN_DONE, AUTO_HUB_RUN_AGAIN, AUTO_HUB_RUN_FAILED } AutoHubRun;

AutoHubItem *auto_hub_item_new (const char *subfolder, const char *const *names);
AutoHubItem *auto_hub_item_new_single (const char *subfolder, const char *name);
void auto_hub_item_free (AutoHubItem *item);
const char *auto_hub_item_get_name (const AutoHubItem *item);

AutoHubOperation *auto_hub_operation_new (const AutoHubSettings *settings, const char *repo, const char *revision, GError **error);
void auto_hub_operation_free (AutoHubOperation *operation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoHubOperation, auto_hub_operation_free)
/* Settles all @items: from the cache, or from the hub. AGAIN: the revision has moved, and what earlier runs found belongs to
 * another commit. */
AutoHubRun auto_hub_operation_run (AutoHubOperation *operation, GPtrArray *items, GCancellable *cancellable, GError **error);
/* Remembers the commit that the revision means. */
void auto_hub_operation_keep_revision (AutoHubOperation *operation);
/* The error for something needed that the repository does not have, or, when that is @unknown, that the cache does not have. */
void auto_hub_operation_set_missing (AutoHubOperation *operation, const char *what, gboolean unknown, GError **error);

G_END_DECLS
